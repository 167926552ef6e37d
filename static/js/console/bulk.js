// The bar below the rows while some are chosen: what can be done with them together,
// how far that is, and what was refused.
import { html, useEffect, useState } from "../vendor/preact-11.2.0.js";
import { words } from "../lib/words.js";
import { Dialog, Icon, IconButton, Tag } from "./parts.js";
import { act } from "./link.js";
import { put } from "./api.js";
import { setUnread, transfer } from "./acts.js";
import { leave, select } from "./select.js";
import { each, forget, running, work } from "./bulk_work.js";
import * as reminders from "./reminders.js";
import * as store from "./store.js";
import { lang, t } from "./words.js";

const say = await words("list", lang);
const shut = () => { store.dialog.value = null; };

export function Bulk() {
  const chosen = store.chosen.value;
  const all = store.rows.value;
  useEffect(() => {
    const keys = (e) => { if (e.key === "Escape" && !e.defaultPrevented && !document.querySelector("dialog[open], .menu")) leaveIt(); };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  const every = chosen.length === all.length && all.length > 0;
  return html`<section class="ls-bulk" aria-label=${say("bulk")}>
    <${Outcome} />
    <div class="row"><label class="ls-all"><input type="checkbox" checked=${every} indeterminate=${chosen.length > 0 && !every} onChange=${(e) => { e.target.checked ? store.picked.value = new Set(all.map((c) => c.id)) : store.picked.value = new Set(); }} />${say("bulk_all", { Count: all.length })}</label>
      <b class="grow num" role="status">${say("bulk_chosen", { Count: chosen.length })}</b>
      <${IconButton} icon="x" cls="sm" label=${say("bulk_leave")} hint="Esc" onClick=${leaveIt} /></div>
    ${running() ? html`<${Progress} />` : html`<${Acts} chosen=${chosen} />`}
  </section>`;
}

function leaveIt() {
  store.unpick();
  if (!running()) forget();
}

function Progress() {
  const { done, of } = work.value;
  return html`<div class="ls-run"><progress max=${of} value=${done} aria-label=${say("bulk_running")} /><span class="num">${done}/${of}</span></div>`;
}

// Outcome says what came of the last act, and of each that was refused why.
function Outcome() {
  const w = work.value;
  if (!w || running()) return null;
  const done = w.of - w.refused.length;
  return html`<div class="ls-out" role="status"><div class="row"><span class="grow">${done > 0 && say(w.did, { Count: done })}${done > 0 && w.refused.length > 0 && t("comma")}${w.refused.length > 0 && html`<b>${say("bulk_refused", { Count: w.refused.length })}</b>`}</span>
      <${IconButton} icon="x" cls="sm" label=${t("close_dialog")} onClick=${forget} /></div>
    ${w.refused.length > 0 && html`<ul class="scroll">${w.refused.map(({ c, why }) => html`<li key=${c.id}><button type="button" class="as-link" onClick=${() => select(c.id)}>${c.contact?.name}</button><span>${why}</span></li>`)}</ul>`}
  </div>`;
}

const Act = ({ icon, name, off, run }) => html`<button type="button" class="ls-act" disabled=${off} onClick=${run}><${Icon} name=${icon} />${name}</button>`;

function Acts({ chosen }) {
  const none = !chosen.length;
  const open = (kind) => () => { forget(); store.dialog.value = { kind, ids: chosen.map((c) => c.id) }; };
  const unread = chosen.every((c) => !c.unread);
  return html`<div class="ls-acts">
    ${store.may("conversations.transfer") && html`<${Act} icon="transfer" name=${say("bulk_transfer")} off=${none} run=${open("transfer")} />`}
    ${store.may("conversations.reply") && html`<${Act} icon="tag" name=${say("bulk_tag")} off=${none} run=${open("tagging")} />
      <${Act} icon="clock-pause" name=${t("later")} off=${none} run=${open("later")} />
      <${Act} icon=${unread ? "mail" : "mail-opened"} name=${say(unread ? "bulk_unread" : "bulk_read")} off=${none} run=${() => mark(chosen, unread)} />
      <${Act} icon="circle-check" name=${say("bulk_close")} off=${none} run=${open("closing")} />`}
  </div>`;
}

// What is on the screen would be read again at once.
async function mark(list, unread) {
  await each(list, (c) => setUnread(c, unread), unread ? "did_unread" : "did_read");
  const open = store.current.peek();
  if (unread && open?.marked_unread && list.some((c) => c.id === open.id)) leave();
}

const known = (ids) => ids.map((id) => store.conversations.value.get(id)).filter(Boolean);

// transferAll hands all of them on to one place.
export const transferAll = (ids, to) => each(known(ids), (c) => transfer(c.id, to), "did_transfer");

// Closing asks once for all of them, and of what customers were promised once, too.
export function Closing({ ids }) {
  const list = known(ids);
  const promised = list.flatMap((c) => reminders.of(c).map((r) => ({ ...r, name: c.contact?.name })));
  const waiting = list.filter((c) => c.waiting_since).length;
  const go = (kept) => () => {
    shut();
    if (kept) promised.forEach(reminders.done);
    each(list, (c) => act("close", { conversation: c.id }), "did_close");
  };
  return html`<${Dialog} title=${say("close_title", { Count: list.length })} onClose=${shut}>
    <div class="dlg-b">
      ${waiting > 0 && html`<p class="ls-warn"><${Icon} name="hourglass" />${say("close_waiting", { Count: waiting })}</p>`}
      ${promised.length > 0 && html`<p>${t("unkept_title", { Count: promised.length })}</p><ul class="unkept scroll">${promised.map((r) => html`<li key=${r.id}><${Icon} name="alarm" /><span class="grow">${t("they_said", { Name: r.name })}${r.text}</span></li>`)}</ul>`}
      ${!waiting && !promised.length && html`<p class="muted">${say("close_text")}</p>`}
    </div>
    <div class="dlg-f">${promised.length > 0 ? html`<button type="button" class="btn" onClick=${go(true)}>${t("unkept_done")}</button><button type="button" class="btn pri" onClick=${go(false)}>${t("unkept_keep")}</button>` : html`<button type="button" class="btn" onClick=${shut}>${t("cancel")}</button><button type="button" class="btn pri" onClick=${go(false)}>${t("close")}</button>`}</div>
  <//>`;
}

// Tagging gives tags to all of them or takes them from all; what only some of them
// bear stays as it is until it is touched.
export function Tagging({ ids }) {
  const list = known(ids);
  const [set, setSet] = useState({}); // tag → on or off
  const stands = (tag) => {
    if (tag.id in set) return set[tag.id];
    const n = list.filter((c) => c.tags?.some((x) => x.id === tag.id)).length;
    return n === list.length ? true : n ? "mixed" : false;
  };
  const save = () => {
    shut();
    each(list, (c) => {
      const kept = (c.tags ?? []).filter((x) => set[x.id] !== false).map((x) => x.id);
      const added = Object.keys(set).filter((id) => set[id] && !kept.includes(id));
      return put(`conversations/${c.id}/tags`, { tags: [...kept, ...added] });
    }, "did_tag");
  };
  const { tags } = store.desk.value;
  return html`<${Dialog} title=${say("tag_title", { Count: list.length })} onClose=${shut}>
    <div class="dlg-b"><div class="ls-tags">${tags.map((tag) => {
      const on = stands(tag);
      return html`<button type="button" key=${tag.id} aria-pressed=${on} onClick=${() => setSet({ ...set, [tag.id]: on !== true })}><${Icon} name=${on === true ? "check" : on === "mixed" ? "minus" : "plus"} size="sm" /><${Tag} tag=${tag} /></button>`;
    })}</div>${!tags.length && html`<p class="none">${say("tag_none")}</p>`}</div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${shut}>${t("cancel")}</button><button type="button" class="btn pri" disabled=${!Object.keys(set).length} onClick=${save}>${t("save")}</button></div>
  <//>`;
}
