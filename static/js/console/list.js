// The left pane: tabs, the queue's strip, and the rows. Rows have one height and
// content-visibility, so that hundreds of ticking clocks cost no layout.
import { html, useRef, useEffect } from "../vendor/preact-11.2.0.js";
import { Avatar, Face, Icon, Left, Level, Tag, Wait, usePick } from "./parts.js";
import { Presence } from "./presence.js";
import { Steps } from "./steps.js";
import { drafts } from "./drafts.js";
import * as composing from "./composing.js";
import { Marks } from "./marks.js";
import { RowMark, Today } from "./promised.js";
import { pressing } from "./deadlines.js";
import { take } from "./acts.js";
import { select } from "./select.js";
import { loadMore, loadView } from "./loading.js";
import * as store from "./store.js";
import { short, t, clock } from "./words.js";

export function List() {
  return html`<section class="list" aria-label=${t("list")}>
    <div class="list-h">
      <div class="row"><h1 class="grow">${t("conversations")}</h1>${store.may("conversations.reply") && html`<${Presence} />`}</div>
      <${Narrow} />
    </div>
    <${Tabs} />
    ${store.needle.value ? null : html`<${Filters} /><${Queue} /><${Today} />`}
    <${Offline} />
    <${Rows} />
  </section>`;
}

function Narrow() {
  return html`<div class="field" role="search"><${Icon} name="search" />
    <input id="narrow" type="search" aria-label=${t("narrow")} placeholder=${t("narrow")} value=${store.needle.value} autocomplete="off"
      onInput=${(e) => { store.needle.value = e.target.value; }}
      onKeyDown=${(e) => { if (e.key === "Escape") { store.needle.value = ""; e.target.blur(); } }} />
  </div>`;
}

const tabs = ["mine", "waiting", "following", "colleagues", "bot", "later", "closed"];
const always = new Set(["mine", "waiting", "colleagues", "closed"]);

function Tabs() {
  const counts = store.counts.value;
  const shown = tabs.filter((name) => always.has(name) || counts[name] || store.tab.value === name);
  const go = (name) => {
    store.tab.value = name;
    store.needle.value = "";
    loadView(store.viewOf(name));
  };
  const arrows = (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    const name = shown.at((shown.indexOf(store.tab.value) + step) % shown.length);
    go(name);
    document.getElementById("tab-" + name)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${t("list_tabs")} onKeyDown=${arrows}>
    ${shown.map((name) => {
      const on = store.tab.value === name;
      return html`<button type="button" role="tab" id=${"tab-" + name} key=${name} aria-selected=${on} aria-controls="rows" tabindex=${on ? 0 : -1}
        onClick=${() => go(name)}>${t("tab_" + name)}${name !== "closed" && html` <span>${counts[name] || ""}</span>`}</button>`;
    })}
  </div>`;
}

function Filters() {
  if (store.tab.value !== "mine" || !store.counts.value.mine) return html`<div class="filters thin" />`;
  const only = store.unrepliedOnly.value;
  const flip = () => { store.sorting.value = store.sorting.value === "wait" ? "recent" : "wait"; };
  return html`<div class="filters">
    <button type="button" class="chip" aria-pressed=${!only} onClick=${() => { store.unrepliedOnly.value = false; }}>${t("filter_all")}</button>
    <button type="button" class="chip" aria-pressed=${only} onClick=${() => { store.unrepliedOnly.value = true; }}>${t("filter_unreplied")} ${store.unreplied.value || ""}</button>
    <button type="button" class="sort" title=${t("sort_change")} onClick=${flip}>${t("sort_" + store.sorting.value)}<${Icon} name="sort-descending" size="sm" /></button>
  </div>`;
}

// The queue is everybody's business: the strip stands above one's own rows.
function Queue() {
  const waiting = store.queue.value;
  if (!["mine", "waiting"].includes(store.tab.value) || !waiting.length) return null;
  return html`<div class="queue">
    <div class="avs" aria-hidden="true">${waiting.slice(0, 3).map((c) => html`<${Avatar} key=${c.id} who=${c.contact} size="xs" />`)}</div>
    <div class="grow">${t("queue_people", { Count: store.counts.value.waiting })} <${Longest} since=${longest(waiting)} /></div>
    ${store.may("conversations.reply") && html`<button type="button" class="btn sm" onClick=${() => take(waiting[0].id)}>${t("take")}</button>`}
  </div>`;
}

const began = (c) => c.waiting_since ?? c.opened;
export const longest = (list) => list.map(began).sort()[0];

const Longest = ({ since }) => html`<span>${t("queue_longest")} <b class="num">${clock(store.now.value - Date.parse(since))}</b></span>`;

// Who is offline is given nothing: the way in is shown large.
function Offline() {
  if (store.you.value.presence !== "offline" || !store.may("conversations.reply")) return null;
  return html`<div class="callout"><p><b>${t("offline_title")}</b>${t("offline_text")}</p><${Presence} start /></div>`;
}

function Rows() {
  const box = useRef();
  const list = store.rows.value;
  const end = (e) => {
    const { scrollHeight, scrollTop, clientHeight } = e.currentTarget;
    if (scrollHeight - scrollTop - clientHeight < 400) loadMore(store.viewOf(store.tab.value));
  };
  useEffect(() => { box.current.scrollTop = 0; }, [store.tab.value]);
  return html`<div id="rows" class="items scroll" role="tabpanel" aria-label=${t("rows_label")} ref=${box} onScroll=${end} tabindex="-1">
    <ul>${list.map((c) => html`<li key=${c.id}><${Row} c=${c} on=${c.id === store.selected.value} /></li>`)}</ul>
    ${!list.length && (store.complete.value.mine === undefined ? html`<div class="skel rows" aria-hidden="true"><i /><i /><i /><i /></div>` : html`<${Nothing} />`)}
    <${Steps} narrow />
  </div>`;
}

function Nothing() {
  const name = store.needle.value ? "needle" : store.tab.value === "mine" && store.unrepliedOnly.value ? "unreplied" : store.tab.value;
  if (name === "mine" && (store.you.value.presence === "offline")) return null;
  return html`<div class="nothing"><${Icon} name=${name === "waiting" || name === "unreplied" ? "circle-check" : "inbox"} /><p>${t("nothing_" + name)}</p></div>`;
}

function Row({ c, on }) {
  const un = c.unread > 0 && store.mine(c);
  return html`<a href=${"#" + c.id} class=${`it${un ? " un" : ""}`} aria-current=${on ? "true" : undefined} data-id=${c.id}
    onClick=${(e) => { e.preventDefault(); select(c.id); composing.ready(); }}>
    <${Avatar} who=${c.contact} channel=${c.channel} />
    <div>
      <div class="l1"><span class="nm trunc">${c.contact?.name}</span><${Level} who=${c.contact} /><${Left} c=${c} /><${Mentioned} c=${c} /><${Marks} c=${c} /><${RowMark} c=${c} />${(c.tags ?? []).slice(0, c.contact?.level ? 0 : 1).map((tag) => html`<${Tag} tag=${tag} key=${tag.id} />`)}<${Moment} c=${c} /></div>
      <div class="l2"><${Preview} c=${c} />${un ? html`<span class="count"><span class="sr">${t("unread")} </span>${c.unread > 99 ? "99+" : c.unread}</span>` : c.rating ? html`<${Face} score=${c.rating} />` : html`<${Away} c=${c} />`}</div>
    </div>
  </a>`;
}

function Moment({ c }) {
  const since = c.status !== "closed" && c.status !== "bot" && (c.waiting_since || c.left);
  if (since) return html`<${Wait} since=${since} by=${pressing(c)} title=${t(c.left ? "left_title" : "waiting_title")} />`;
  const at = Date.parse(c.last?.time ?? c.opened);
  return html`<time class="tm" datetime=${c.last?.time}>${short(at, store.serverNow())}</time>`;
}

// Mentioned marks where a colleague has named me in a note.
function Mentioned({ c }) {
  const one = usePick(() => store.mentions.value.get(c.id), [c.id]);
  return one ? html`<span class="tag b at-me" title=${t("mentioned_by", { Name: one.by })}>${t("mentioned_me")}</span>` : null;
}

// Away marks what is with a colleague who is not there.
function Away({ c }) {
  const gone = usePick(() => (c.assignee && c.status === "open" && !store.mine(c) ? store.colleague(c.assignee.id)?.presence : ""), [c.assignee?.id, c.status]);
  return gone === "break" || gone === "offline" ? html`<span class="tag">${t("colleague_" + gone, { Name: c.assignee.name })}</span>` : null;
}

const shown = { image: "kind_image", file: "kind_file", product: "kind_product", order: "kind_order" };

// lastWords is a conversation's last message in one line.
export function lastWords(last) {
  if (!last) return "";
  if (last.recalled) return t("recalled_short");
  return shown[last.kind] ? t(shown[last.kind], { Name: last.text ?? "" }) : last.text;
}

function Preview({ c }) {
  const here = usePick(() => store.selected.value === c.id, [c.id]);
  const hint = usePick(() => store.typing.value.get(c.id), [c.id]);
  const draft = usePick(() => (store.selected.value === c.id ? null : drafts.value.get(c.id)?.begun), [c.id]);
  if (hint && !here) return html`<span class="pv trunc"><em>${hint.text ? t("typing_lead") : `${t("typing")}…`}</em>${hint.text}</span>`;
  if (draft?.text) return html`<span class="pv trunc"><span class="dr">${t(draft.mode === "note" ? "draft_note" : "draft")}</span> ${draft.text}</span>`;
  const you = c.last?.from === "staff" && store.mine(c) ? t("you_said") : c.last?.from === "staff" && c.assignee ? t("they_said", { Name: c.assignee.name }) : "";
  return html`<span class="pv trunc">${you}${lastWords(c.last)}</span>`;
}
