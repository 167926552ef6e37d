// Conversations on the board, a line each: what there is to know about it, and
// what a supervisor does: give it to somebody, take it over, whisper, look.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Avatar, Due, Icon, IconButton, Left, Level, Menu, Wait } from "./parts.js";
import { Marks } from "./marks.js";
import { pressing } from "./deadlines.js";
import { saidWhy } from "./handover.js";
import { facts, queue } from "./board_data.js";
import { take, transfer } from "./acts.js";
import { tried } from "./tried.js";
import { select } from "./select.js";
import * as composing from "./composing.js";
import * as drafts from "./drafts.js";
import * as store from "./store.js";
import { t } from "./words.js";

// Lines is a card with a line for each of list: {c, d?, key?, place?, text}.
export const Lines = ({ name, title, count, none, list }) => html`<section class="bd-card" data-card=${name} aria-label=${title}>
  <header><h2>${title}</h2><span class="count q">${count}</span></header>
  ${list.length ? html`<ul class="bd-lines">${list.map((x) => html`<${Line} ...${x} key=${x.key ?? x.c.id} />`)}</ul>` : html`<div class="nothing"><${Icon} name="circle-check" /><p>${none}</p></div>`}
</section>`;

// Waiting is the queue, in order.
export function Waiting() {
  const list = queue.value;
  const known = new Map(facts.value.queue.map((x) => [x.conversation, x]));
  return html`<${Lines} name="queue" title=${t("board_queue")} count=${list.length} none=${t("nothing_waiting")} list=${list.map((c, i) => {
    const why = saidWhy(known.get(c.id)?.why);
    return { c, place: i + 1, text: [c.group?.name, why].filter(Boolean).join(" · ") || t("tab_waiting") };
  })} />`;
}

export function Line({ c, d, place, text }) {
  const name = c.contact?.name ?? "";
  return html`<li class="bd-line">
    ${place !== undefined && html`<span class="bd-place num">${place}</span>`}<${Avatar} who=${c.contact} size="s" channel=${c.channel} />
    <div class="grow"><div class="row"><button type="button" class="bd-name trunc" onClick=${() => look(c)}>${name}</button><${Level} who=${c.contact} /><${Left} c=${c} /><${Marks} c=${c} /></div>
      <p class="trunc" title=${text}>${text}</p></div>
    ${d ? html`<${Due} d=${d} title=${t("deadline_" + d.kind)} />` : (c.waiting_since || c.left) && html`<${Wait} since=${c.waiting_since || c.left} by=${pressing(c)} title=${t("waiting_title")} />`}
    <${Acts} c=${c} name=${name} />
  </li>`;
}

const look = (c) => select(c.id);

// whisper opens the thread with the caret in a note: the colleague reads it, the
// customer does not.
async function whisper(c) {
  drafts.turn(c.id, "note");
  await select(c.id);
  composing.ready();
}

async function give(c, p) {
  if (await tried(transfer(c.id, { staff: p.id }))) store.toast(t("transferred_toast", { Name: p.name }));
}

const may = (c) => (c.status === "waiting" || store.may("conversations.take_over")) && store.may("conversations.reply") && !store.mine(c);

function Acts({ c, name }) {
  const [open, setOpen] = useState("");
  const toggle = (what) => () => setOpen(open === what ? "" : what);
  const done = (run) => () => { setOpen(""); run(); };
  const close = () => setOpen("");
  return html`<div class="bd-acts">
    ${store.may("conversations.transfer") && html`<span class="pop-at"><button type="button" class="btn sm" aria-label=${t("assign_name", { Name: name })} aria-haspopup="menu" aria-expanded=${open === "give"} onClick=${toggle("give")}>${t("assign")}</button>
      ${open === "give" && html`<${Give} c=${c} done=${done} onClose=${close} />`}</span>`}
    <span class="pop-at"><${IconButton} icon="dots" cls="sm" label=${t("more_about", { Name: name })} aria-haspopup="menu" aria-expanded=${open === "more"} onClick=${toggle("more")} />
      ${open === "more" && html`<${Menu} label=${t("more_about", { Name: name })} cls="right" onClose=${close}>
        <button type="button" role="menuitem" onClick=${done(() => look(c))}><${Icon} name="eye" />${t("look")}</button>
        <button type="button" role="menuitem" onClick=${done(() => whisper(c))}><${Icon} name="lock" />${t("whisper")}</button>
        ${may(c) && html`<button type="button" role="menuitem" onClick=${done(() => take(c.id))}><${Icon} name="headset" />${t(c.status === "waiting" ? "take" : "take_over")}</button>`}
        ${store.may("conversations.transfer") && html`<button type="button" role="menuitem" onClick=${done(() => { store.dialog.value = { kind: "transfer", id: c.id }; })}><${Icon} name="transfer" />${t("transfer_noted")}</button>`}
      <//>`}</span>
  </div>`;
}

const ready = (p) => p.presence === "online" && p.load < p.cap;

// Give lists who could have it: those of its group first, the least busy on top.
function Give({ c, done, onClose }) {
  const own = (p) => !c.group || p.groups?.includes(c.group.id);
  const people = store.desk.value.colleagues.filter((p) => p.id !== c.assignee?.id && p.presence === "online")
    .sort((a, b) => own(b) - own(a) || ready(b) - ready(a) || a.load / a.cap - b.load / b.cap);
  return html`<${Menu} label=${t("assign_name", { Name: c.contact?.name ?? "" })} cls="right tall scroll giving" onClose=${onClose}>
    ${people.map((p) => html`<button type="button" role="menuitem" key=${p.id} disabled=${!ready(p)} onClick=${done(() => give(c, p))}>
      <${Avatar} who=${p} size="xs" state="on" /><span class="grow trunc">${p.name}${!own(p) && html` <small>${t("other_group")}</small>`}</span><span class="num muted">${p.load}/${p.cap}</span></button>`)}
    ${!people.length && html`<button type="button" role="menuitem" onClick=${onClose}>${t("nobody_online")}</button>`}
  <//>`;
}
