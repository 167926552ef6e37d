// The left pane: tabs, the queue's strip, and the rows. Rows have one height and
// content-visibility, so that hundreds of ticking clocks cost no layout; and the row
// of a conversation that has not changed is not drawn again.
import { batch, html, signal, useRef, useEffect } from "../vendor/preact-11.2.0.js";
import { Avatar, Face, Icon, IconButton, Left, Level, Tag, Wait, usePick } from "./parts.js";
import { Presence } from "./presence.js";
import { Steps } from "./steps.js";
import { drafts } from "./drafts.js";
import * as composing from "./composing.js";
import { Marks } from "./marks.js";
import { RowMark, Today } from "./promised.js";
import { pressing } from "./deadlines.js";
import { take } from "./acts.js";
import { search } from "./searching.js";
import { select } from "./select.js";
import { loadMore } from "./loading.js";
import { listing } from "./later.js";
import * as filters from "./filters.js";
import * as store from "./store.js";
import { short, t, clock, moment } from "./words.js";

const Bulk = listing(() => import("./bulk.js"), "Bulk", store.unpick);

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
    ${store.picking.value && html`<${Bulk} />`}
  </section>`;
}

function Narrow() {
  return html`<div class="field" role="search"><${Icon} name="search" />
    <input id="narrow" type="search" aria-label=${t("narrow")} placeholder=${t("narrow")} value=${store.needle.value} autocomplete="off"
      onInput=${(e) => { store.needle.value = e.target.value; }}
      onKeyDown=${(e) => {
        if (e.key === "Escape") { store.needle.value = ""; e.target.blur(); }
        if (e.key === "Enter" && !e.isComposing && e.keyCode !== 229) search(e.target.value);
      }} />
    <${IconButton} icon="list-search" cls="sm" label=${t("search_all")} onClick=${() => search(store.needle.peek())} />
  </div>
  ${store.needle.value.trim() && html`<button type="button" class="all-of" onClick=${() => search(store.needle.peek())}><${Icon} name="list-search" size="sm" /><span class="trunc">${t("search_all_for", { Typed: store.needle.value.trim() })}</span><span class="kbd">↵</span></button>`}`;
}

const tabs = ["mine", "waiting", "following", "colleagues", "bot", "later", "closed"];
const always = new Set(["mine", "waiting", "colleagues", "closed"]);

function Tabs() {
  const counts = store.counts.value;
  const shown = tabs.filter((name) => always.has(name) || counts[name] || store.tab.value === name);
  const go = (name) => filters.show(name);
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

const openFilter = () => { store.dialog.value = { kind: "filter" }; };

// Filters stand above the rows: all of them, those that wait for a reply, and the
// views that one has saved; behind a button is all else that can be chosen by.
function Filters() {
  const f = store.filter.value;
  const saved = filters.view.value;
  const on = store.narrows(f);
  const waiting = store.tabOf(store.tab.value).filter((c) => c.waiting_since).length;
  const named = store.tabOf(store.tab.value).filter((c) => store.mentions.value.has(c.id)).length;
  const quick = on && !saved && Object.keys(f).length === 1 && (f.unreplied ? "unreplied" : f.mentioned && "mentioned");
  const chip = (what, text, n) => (n > 0 || quick === what) && html`<button type="button" class="chip" aria-pressed=${quick === what} onClick=${() => filters.show(store.tab.value, { [what]: true })}>${text} ${n || ""}</button>`;
  const flip = () => { store.sorting.value = store.sorting.value === "wait" ? "recent" : "wait"; };
  return html`<div class="filters">
    <div class="chips">
      <button type="button" class="chip" aria-pressed=${!on && !saved} onClick=${() => filters.show(store.tab.value)}>${t("filter_all")}</button>
      ${chip("unreplied", t("filter_unreplied"), waiting)}${chip("mentioned", t("mentioned_me"), named)}
      ${filters.views.value.map((v) => html`<button type="button" class="chip view" key=${v.id} aria-pressed=${saved === v.id} onClick=${() => (saved === v.id ? filters.show(store.tab.value) : filters.open(v))}>${v.name} ${filters.count(v) || ""}</button>`)}
    </div>
    <${IconButton} icon="list-check" cls="sm narrow-only" label=${t("select_rows")} aria-pressed=${store.picking.value} onClick=${() => (store.picking.value ? store.unpick() : store.startPicking())} />
    <${IconButton} icon="filter" cls=${on && !quick && !saved ? "sm on" : "sm"} label=${t("filter")} aria-haspopup="dialog" onClick=${openFilter} />
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

const held = 500; // ms that a finger rests on a row which is to be chosen
const fingers = matchMedia("(hover:none)");

// reaching is what rows do with pointers, for all of them: a click opens one, with
// Shift, or a finger that rests on it, chooses it; while some are chosen, a touch
// chooses another one.
function reaching() {
  let timer = 0;
  let rested = false;
  const idOf = (e) => e.target.closest("[data-id]")?.dataset.id;
  const let_go = () => clearTimeout(timer);
  return {
    onClick(e) {
      const id = idOf(e);
      if (!id) return;
      e.preventDefault();
      if (rested) { rested = false; return; }
      if (e.target.closest(".pk") || e.shiftKey || (store.picking.value && fingers.matches)) return store.pick(id, e.shiftKey);
      select(id);
      composing.ready();
    },
    onPointerDown(e) {
      const id = e.pointerType === "touch" && idOf(e);
      rested = false;
      if (id) timer = setTimeout(() => { rested = true; store.pick(id); navigator.vibrate?.(10); }, held);
    },
    onPointerMove: (e) => { if (Math.hypot(e.movementX, e.movementY) > 4) let_go(); },
    onPointerUp: let_go,
    onPointerCancel: let_go,
    onContextMenu: (e) => { if (fingers.matches) e.preventDefault(); },
  };
}

const sights = new Map(); // id → whether its row is on the screen: only there do clocks tick

function sight(id) {
  if (!sights.has(id)) sights.set(id, signal(false));
  return sights.get(id);
}

const eye = new IntersectionObserver((list) => batch(() => { for (const { target, isIntersecting } of list) sight(target.dataset.id).value = isIntersecting; }));
const watched = (el) => el && eye.observe(el);

const drawn = new WeakMap(); // conversation → its row

function rowOf(c) {
  if (!drawn.has(c)) drawn.set(c, html`<li key=${c.id} data-id=${c.id} ref=${watched}><${Row} c=${c} /></li>`);
  return drawn.get(c);
}

function Rows() {
  const box = useRef();
  const reach = useRef(null);
  reach.current ??= reaching();
  const list = store.rows.value;
  const end = (e) => {
    const { scrollHeight, scrollTop, clientHeight } = e.currentTarget;
    if (scrollHeight - scrollTop - clientHeight < 400) loadMore(store.viewOf(store.tab.value));
  };
  useEffect(() => { box.current.scrollTop = 0; }, [store.tab.value, filters.view.value]);
  return html`<div id="rows" class=${store.picking.value ? "items scroll picking" : "items scroll"} role="tabpanel" aria-label=${t("rows_label")} ref=${box} onScroll=${end} tabindex="-1">
    <ul ...${reach.current}>${list.map(rowOf)}</ul>
    ${!list.length && (store.complete.value.mine === undefined ? html`<div class="skel rows" aria-hidden="true"><i /><i /><i /><i /></div>` : html`<${Nothing} />`)}
    <${Steps} narrow />
  </div>`;
}

function Nothing() {
  const f = store.filter.value;
  const name = store.needle.value ? "needle" : store.narrows(f) ? (f.unreplied && Object.keys(f).length === 1 ? "unreplied" : "filter") : store.tab.value;
  if (name === "mine" && (store.you.value.presence === "offline")) return null;
  return html`<div class="nothing"><${Icon} name=${name === "waiting" || name === "unreplied" ? "circle-check" : "inbox"} /><p>${t("nothing_" + name)}</p></div>`;
}

function Row({ c }) {
  const on = usePick(() => c.id === store.selected.value, [c.id]);
  const picked = usePick(() => store.picked.value.has(c.id), [c.id]);
  const un = c.unread > 0 && store.mine(c);
  return html`<a href=${"#" + c.id} class=${`it${un ? " un" : ""}${picked ? " picked" : ""}`} aria-current=${on ? "true" : undefined} data-id=${c.id} draggable="false">
    <${Avatar} who=${c.contact} channel=${c.channel} />
    <div>
      <div class="l1"><span class="nm trunc">${c.contact?.name}</span><${Level} who=${c.contact} /><${Left} c=${c} /><${Mentioned} c=${c} /><${Marks} c=${c} /><${RowMark} c=${c} />${(c.tags ?? []).slice(0, c.contact?.level ? 0 : 1).map((tag) => html`<${Tag} tag=${tag} key=${tag.id} />`)}<${Moment} c=${c} /></div>
      <div class="l2"><${Preview} c=${c} />${un ? html`<span class="count"><span class="sr">${t("unread")} </span>${c.unread > 99 ? "99+" : c.unread}</span>` : c.rating ? html`<${Face} score=${c.rating} />` : html`<${Away} c=${c} />`}</div>
    </div>
  </a><button type="button" class="pk" role="checkbox" aria-checked=${picked} aria-label=${t("select_row", { Name: c.contact?.name })} tabindex="-1">${picked && html`<${Icon} name="check" />`}</button>`;
}

function Moment({ c }) {
  const since = c.status !== "closed" && c.status !== "bot" && (c.waiting_since || c.left);
  if (since) return html`<${Wait} since=${since} by=${pressing(c)} seen=${sight(c.id)} title=${t(c.left ? "left_title" : "waiting_title")} />`;
  if (c.status === "later") return html`<span class="tm"><${Icon} name="clock-pause" size="sm" />${laterUntil(c)}</span>`;
  const at = Date.parse(c.last?.time ?? c.opened);
  return html`<time class="tm" datetime=${c.last?.time}>${short(at, store.serverNow())}</time>`;
}

// Mentioned marks where a colleague has named me in a note.
function Mentioned({ c }) {
  const one = usePick(() => store.mentions.value.get(c.id), [c.id]);
  return one ? html`<span class="tag b at-me" title=${t("mentioned_by", { Name: one.by })}>${t("mentioned_me")}</span>` : null;
}

// laterUntil says when what was put off comes back: at a time, or with a word.
export const laterUntil = (c) => (c.later_until ? moment(Date.parse(c.later_until), store.serverNow()) : t("later_word"));

// Away marks what is with a colleague who is not there, and whose is what sleeps.
function Away({ c }) {
  if (c.status === "later" && c.assignee && !store.mine(c)) return html`<span class="tag">${c.assignee.name}</span>`;
  return html`<${Absent} c=${c} />`;
}

function Absent({ c }) {
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
