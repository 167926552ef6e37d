// What stands above a thread: who it is, how it is marked, since when they wait and
// whose it is; what one can do; and in a line below, what one should know.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Avatar, Blocked, Due, Icon, IconButton, Left, Level, Menu, Tag, Wait, channelIcon } from "./parts.js";
import { MarkChoices, Marking, Marks, mayMark } from "./marks.js";
import { others, paused, pressing } from "./deadlines.js";
import { whyOf } from "./handover.js";
import { close, markUnread, mayMove, mayPutOff, wake } from "./acts.js";
import { laterUntil } from "./list.js";
import { searchThread } from "./searching.js";
import { back, openCustomer } from "./select.js";
import * as store from "./store.js";
import { clock, t } from "./words.js";

const openLater = (c) => { store.dialog.value = { kind: "later", ids: [c.id] }; };
const openTags = (c) => { store.dialog.value = { kind: "tags", id: c.id }; };
const openTransfer = (c) => { store.dialog.value = { kind: "transfer", id: c.id }; };

// served says which colleague has it, and whether they are there.
function served(c) {
  if (!c.assignee || store.mine(c)) return "";
  const there = store.colleague(c.assignee.id)?.presence;
  return ` · ${t(c.status === "open" && (there === "break" || there === "offline") ? "served_by_" + there : "served_by", { Name: c.assignee.name })}`;
}

// following says whose question it stays, where somebody else has it now.
const following = (c) => (c.owner && c.owner.id !== c.assignee?.id ? ` · ${t("owner_is", { Name: c.owner.id === store.you.value.id ? t("you_object") : c.owner.name })}` : "");

export function Head({ c }) {
  const [more, setMore] = useState(false);
  const done = c.status === "closed";
  const since = !done && (c.waiting_since || c.left);
  const can = mayMove(c);
  return html`<header class="th">
    <${IconButton} icon="arrow-left" cls="back" label=${t("back")} onClick=${back} />
    <div class="who-head">
      <div class="row"><h2 class="trunc">${c.contact.name}</h2>${(c.tags ?? []).slice(0, 3).map((tag) => html`<${Tag} tag=${tag} key=${tag.id} />`)}<${Level} who=${c.contact} /><${Blocked} who=${c.contact} /><${Left} c=${c} /><${Marks} c=${c} words />
        ${since && html`<${Wait} since=${since} by=${pressing(c)} lead=${t("waited")} title=${t(c.left ? "left_title" : "waiting_title")} />`}</div>
      <div class="sub trunc"><span class=${`dot ${c.contact.online ? "on" : ""}`} />${t(c.contact.online ? "online" : "away")}
        <span class="ch-name"> · <${Icon} name=${channelIcon(c.channel?.kind)} /><span class="trunc">${c.channel?.name}</span></span><span class="hm">${c.group?.name ? ` · ${c.group.name}` : ""}${served(c)}${following(c)}</span></div>
    </div>
    <div class="acts">
      <${Marking} c=${c} />
      <${IconButton} icon="message-search" cls=${can ? "w" : ""} label=${t("find_within")} hint="⇧F" onClick=${() => searchThread(c)} />
      ${can && html`<${IconButton} icon="transfer" cls="w" label=${t("transfer")} hint="T" onClick=${() => openTransfer(c)} />`}
      ${mayPutOff(c) && html`<${IconButton} icon="clock-pause" cls="w" label=${t("later")} hint="H" onClick=${() => openLater(c)} />`}
      <${IconButton} icon="layout-sidebar-right" cls="panel-toggle" label=${t("customer")} aria-expanded=${store.pane.value === "customer"} aria-controls="customer" onClick=${openCustomer} />
      ${can && html`<span class="pop-at narrow-only"><${IconButton} icon="dots" label=${t("more")} aria-haspopup="menu" aria-expanded=${more} onClick=${() => setMore(!more)} />
        ${more && html`<${Menu} label=${t("more")} cls="right" onClose=${() => setMore(false)}>
          <button type="button" role="menuitem" onClick=${() => { setMore(false); searchThread(c); }}><${Icon} name="message-search" />${t("find_within")}</button>
          <button type="button" role="menuitem" onClick=${() => { setMore(false); openTransfer(c); }}><${Icon} name="transfer" />${t("transfer")}</button>
          <button type="button" role="menuitem" onClick=${() => { setMore(false); close(c.id); }}><${Icon} name="circle-check" />${t("close")}</button>
          ${mayPutOff(c) && html`<button type="button" role="menuitem" onClick=${() => { setMore(false); openLater(c); }}><${Icon} name="clock-pause" />${t("later")}</button>`}
          ${mayMark(c) && html`<button type="button" role="menuitem" onClick=${() => { setMore(false); openTags(c); }}><${Icon} name="tag" />${t("tag_it")}</button>`}
          ${store.mine(c) && html`<button type="button" role="menuitem" onClick=${() => { setMore(false); markUnread(c); }}><${Icon} name="mail" />${t("unread_again")}</button>`}
          ${mayMark(c) && html`<hr /><${MarkChoices} c=${c} done=${(run) => () => { setMore(false); run(); }} />`}
        <//>`}</span>
      <button type="button" class="btn" title=${`${t("close")} (E)`} onClick=${() => close(c.id)}><${Icon} name="circle-check" />${t("close")}</button>`}
    </div>
  </header>`;
}

// Beside is a deadline that colours no row: one that is paused until the customer
// has answered, or when all is to be solved.
function Beside({ d }) {
  const name = t("deadline_" + d.kind);
  return html`<span class="beside">${name} ${paused(d) ? html`<span class="sla" title=${t("deadline_paused_title")}>${t("deadline_paused", { Time: clock(d.rest ?? 0) })}</span>` : html`<${Due} d=${d} title=${name} />`}</span>`;
}

// Context says where the customer is, what is promised by when, why they wait, and
// which colleagues look on.
export function Context({ c }) {
  const page = c.contact.page;
  const looking = [...(store.viewers.value.get(c.id) ?? [])].filter((id) => id !== store.you.value.id).map(store.colleague).filter(Boolean);
  const writer = store.writers.value.get(c.id);
  const writing = writer && writer.id !== store.you.value.id && writer;
  const more = c.status === "closed" ? [] : others(c);
  const why = c.status === "waiting" && whyOf(c);
  const sleeps = c.status === "later";
  if (!page?.url && !looking.length && !writing && !more.length && !why && !sleeps) return null;
  const web = /^https?:/.test(page?.url ?? "");
  return html`<div class="ctx">
    ${why && html`<span class="why-waits"><${Icon} name="hourglass" />${why}</span>`}
    ${sleeps && html`<span class="why-waits sleeps"><${Icon} name="clock-pause" />${t("later")} · ${laterUntil(c)}${mayPutOff(c) && html`<button type="button" class="as-link" onClick=${() => wake(c)}>${t("later_now")}</button>`}</span>`}
    ${more.map((d) => html`<${Beside} d=${d} key=${d.kind} />`)}
    ${page?.url && html`<span class="trunc">${t("browsing")} ${web ? html`<a href=${page.url} target="_blank" rel="noopener noreferrer" title=${page.url}>${page.title || page.url}</a>` : html`<b>${page.title || page.url}</b>`}</span>`}
    ${writing ? html`<span class="see"><${Avatar} who=${writing} size="xs" />${t("colleague_typing", { Name: writing.name })}</span>` : looking.length > 0 && html`<span class="see"><${Avatar} who=${looking[0]} size="xs" />${t("viewing", { Name: looking.map((p) => p.name).join(t("comma")) })}</span>`}
  </div>`;
}
