// The right pane: who the customer is, shown without asking.
import { html, signal, useEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { Face, Icon, IconButton, Menu, Tag, channelIcon } from "./parts.js";
import { get, patch, post, put, remove } from "./api.js";
import { openCustomer, select } from "./select.js";
import { lastWords } from "./list.js";
import { Profile } from "./profile.js";
import * as store from "./store.js";
import { date, short, t } from "./words.js";

const cards = signal(new Map()); // customer → GET /api/xiaoer/customers/{id}

async function load(id) {
  try {
    store.setIn(cards, id, await get("customers/" + id));
  } catch (e) {
    if (!cards.peek().has(id)) store.setIn(cards, id, { failed: e.message });
  }
}

const told = (e) => store.toast(e.message || t("not_done"), "bad");

export function Panel() {
  const c = store.current.value;
  const id = c?.contact?.customer;
  useEffect(() => { if (id) load(id); }, [id, c?.id, c?.status, c?.rating, c?.contact?.page?.url]);
  const card = cards.value.get(id);
  return html`<aside class="side" id="customer" aria-label=${t("customer")} tabindex="-1">
    <div class="side-h"><h2>${t("customer")}</h2><${IconButton} icon="x" label=${t("close_dialog")} cls="side-x" onClick=${openCustomer} /></div>
    <div class="cnt scroll" tabindex="0" role="group" aria-label=${t("customer_details")}>
      ${!c ? html`<div class="nothing"><${Icon} name="user" /><p>${t("nothing_customer")}</p></div>`
        : !id ? html`<div class="sec"><${Profile} c=${c} card=${{ customer: { name: c.contact.name }, anonymous: true }} /></div>`
        : card?.failed ? html`<div class="nothing"><p>${card.failed}</p></div>`
        : card && html`<${Card} key=${id} c=${c} card=${card} />`}
    </div>
  </aside>`;
}

function Card({ c, card }) {
  return html`<section class="sec"><${Profile} c=${c} card=${card} reload=${() => load(card.customer.id)} /></section>
    <${Tags} c=${c} card=${card} /><${Ways} c=${c} card=${card} /><${Notes} card=${card} /><${Past} c=${c} card=${card} />
    ${store.may("audit.see") && html`<section class="sec"><a class="small" href=${"/admin/audit?object=customers:" + card.customer.id}>${t("who_touched")}</a></section>`}`;
}

// Tags of the customer stay with the person; a conversation has its own.
function Tags({ c, card }) {
  const all = store.desk.value.tags ?? [];
  const byID = (ids) => (ids ?? []).map((x) => all.find((tag) => tag.id === (x.id ?? x)) ?? (x.id ? x : null)).filter(Boolean);
  const ofCustomer = async (ids) => {
    try {
      await patch("customers/" + card.customer.id, { tags: ids });
      await load(card.customer.id);
    } catch (e) { told(e); }
  };
  const ofConversation = async (ids) => {
    const before = c.tags;
    store.patchConversation(c.id, { tags: byID(ids) });
    try {
      await put(`conversations/${c.id}/tags`, { tags: ids });
    } catch (e) { store.patchConversation(c.id, { tags: before }); told(e); }
  };
  return html`<${TagSet} title=${t("tags_customer")} tags=${byID(card.customer.tags)} all=${all} onChange=${ofCustomer} />
    <${TagSet} title=${t("tags_conversation")} tags=${byID(c.tags)} all=${all} onChange=${ofConversation} />`;
}

function TagSet({ title, tags, all, onChange }) {
  const [open, setOpen] = useState(false);
  const ids = tags.map((x) => x.id);
  const rest = all.filter((x) => !ids.includes(x.id));
  return html`<section class="sec"><header><h3>${title}</h3></header><div class="tags">
    ${tags.map((tag) => html`<${Tag} tag=${tag} key=${tag.id} onRemove=${() => onChange(ids.filter((x) => x !== tag.id))} />`)}
    ${rest.length > 0 && html`<span class="pop-at"><button type="button" class="tag add" aria-label=${`${title} ${t("add")}`} aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}><${Icon} name="plus" />${t("add")}</button>
      ${open && html`<${Menu} label=${title} cls="tall scroll" onClose=${() => setOpen(false)}>${rest.map((tag) => html`<button type="button" role="menuitem" key=${tag.id} onClick=${() => { setOpen(false); onChange([...ids, tag.id]); }}><${Tag} tag=${tag} /></button>`)}<//>`}</span>`}
    ${!tags.length && !rest.length && html`<span class="muted small">${t("none_yet")}</span>`}
  </div></section>`;
}

function Ways({ c, card }) {
  const list = card.contacts ?? [];
  if (!list.length) return null;
  return html`<section class="sec"><header><h3>${t("contacts")}</h3></header><ul class="ways">${list.map((w) => {
    const here = w.id === c.contact.id ? c.contact : w;
    const page = here.page;
    return html`<li key=${w.id}><${Icon} name=${channelIcon(w.channel?.kind)} /><div class="grow"><div class="row"><span class="trunc">${w.channel?.name}</span><span class="muted small end">${here.online ? html`<span class="dot on" />${t("online")}` : w.seen ? t("seen", { Time: short(Date.parse(w.seen), store.serverNow()) }) : ""}</span></div>
      ${page?.url && html`<div class="muted small trunc" title=${page.url}>${page.title || page.url}</div>`}</div></li>`;
  })}</ul></section>`;
}

function Notes({ card }) {
  const [adding, setAdding] = useState(false);
  const ref = useRef();
  const id = card.customer.id;
  useEffect(() => { if (adding) ref.current.focus(); }, [adding]);
  const save = async () => {
    const text = ref.current.value.trim();
    if (!text) return setAdding(false);
    try {
      await post(`customers/${id}/notes`, { text });
      await load(id);
      setAdding(false);
    } catch (e) { told(e); }
  };
  const drop = async (note) => { try { await remove(`customers/${id}/notes/${note}`); await load(id); } catch (e) { told(e); } };
  return html`<section class="sec"><header><h3>${t("notes")}</h3>${!adding && html`<button type="button" class="act" onClick=${() => setAdding(true)}><${Icon} name="plus" size="sm" />${t("add")}</button>`}</header>
    ${adding && html`<div class="add-note"><textarea class="txt" ref=${ref} rows="3" maxlength="2000" aria-label=${t("note_new")} placeholder=${t("note_new")}
      onKeyDown=${(e) => { if (e.key === "Escape") { e.stopPropagation(); setAdding(false); } if (e.key === "Enter" && (e.metaKey || e.ctrlKey)) save(); }} />
      <div class="row end"><button type="button" class="btn sm ghost" onClick=${() => setAdding(false)}>${t("cancel")}</button><button type="button" class="btn sm pri" onClick=${save}>${t("save")}</button></div></div>`}
    ${(card.notes ?? []).map((n) => html`<div class="nt" key=${n.id}>${n.text}<small>${n.staff?.name} · ${date(Date.parse(n.created), store.serverNow())}
      ${n.staff?.id === store.you.value.id && html`<button type="button" class="as-link" aria-label=${t("note_delete")} onClick=${() => drop(n.id)}>${t("delete")}</button>`}</small></div>`)}
    ${!adding && !card.notes?.length && html`<p class="muted small">${t("none_yet")}</p>`}</section>`;
}

function Past({ c, card }) {
  const list = (card.conversations ?? []).filter((x) => x.id !== c.id);
  return html`<section class="sec"><header><h3>${t("past")}</h3></header>
    ${list.length ? html`<ul class="mini">${list.map((x) => html`<li key=${x.id}><button type="button" onClick=${() => select(x.id)}>
      <span class="grow trunc">${(typeof x.last === "string" ? x.last : lastWords(x.last)) || t("no_words")}</span>${x.rating ? html`<${Face} score=${x.rating} />` : ""}<time class="x">${date(Date.parse(x.opened), store.serverNow())}</time></button></li>`)}</ul>`
      : html`<p class="muted small">${t("none_yet")}</p>`}</section>`;
}
