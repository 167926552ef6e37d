// The middle pane: the one visible thread of a contact, across conversations.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { Avatar, Icon } from "./parts.js";
import { Composer } from "./composer.js";
import { Entry, own } from "./bubble.js";
import { Context, Head } from "./head.js";
import { Handover } from "./handover.js";
import { Promises } from "./promised.js";
import { Steps } from "./steps.js";
import { outbox, tell } from "./link.js";
import * as store from "./store.js";
import * as threads from "./threads.js";
import { day, sameDay, t, time } from "./words.js";
import { lastWords } from "./list.js";

export function Thread() {
  const c = store.current.value;
  if (!c) {
    return html`<section class="thread" id="thread" tabindex="-1" aria-label=${t("conversation")}>${store.desk.value.first_steps?.done === false ? html`<div class="welcome scroll"><${Steps} /></div>` : html`<div class="nothing"><${Icon} name="messages" /><p>${t("nothing_open")}</p><p class="keys"><span class="kbd">J</span><span class="kbd">K</span>${t("key_move")} <span class="kbd">?</span>${t("key_help")}</p></div>`}</section>`;
  }
  return html`<section class="thread" id="thread" tabindex="-1" aria-label=${t("conversation")}>
    <${Head} c=${c} /><${Context} c=${c} /><${Handover} c=${c} /><${Promises} c=${c} /><${Messages} c=${c} key=${c.contact.id} /><${Composer} c=${c} />
  </section>`;
}

const nearEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
const watched = () => document.visibilityState === "visible" && document.hasFocus();

function Messages({ c }) {
  const box = useRef();
  const at = useRef({ stick: true, top: 0, first: "", last: "" }).current;
  const [divider, setDivider] = useState("");
  const [below, setBelow] = useState(0); // came while the reader was further up
  const thread = threads.threadOf(c.contact.id).value;
  const entries = thread.entries;
  const sending = outbox.value.filter((x) => x.contact === c.contact.id);
  const before = box.current && { height: box.current.scrollHeight, top: box.current.scrollTop };

  useLayoutEffect(() => {
    const el = box.current;
    const first = entries[0]?.id ?? "";
    const last = entries.at(-1)?.id ?? "";
    if (at.first && first !== at.first && entries.some((m) => m.id === at.first)) el.scrollTop = before.top + el.scrollHeight - before.height;
    else if (at.stick) el.scrollTop = el.scrollHeight;
    if (at.last && last !== at.last && entries.at(-1)?.from?.kind === "visitor") {
      if (!at.stick) setBelow((n) => n + 1);
      if (!watched() && (!divider || at.seen)) { setDivider(last); at.seen = false; }
    }
    if (!at.last && last && c.unread > 0) {
      const from = entries.filter((m) => m.from?.kind === "visitor" && m.kind !== "event").at(-c.unread);
      if (from) setDivider(from.id);
    }
    Object.assign(at, { first, last });
  });
  useLayoutEffect(() => { // the divider is brought into view with what follows it
    const line = divider && box.current.querySelector(".newline");
    if (line && line.offsetTop < box.current.scrollTop) box.current.scrollTop = Math.max(0, line.offsetTop - 40);
  }, [divider]);
  useEffect(() => {
    const el = box.current;
    const observer = new ResizeObserver(() => { if (at.stick) el.scrollTop = el.scrollHeight; });
    observer.observe(el);
    const seen = () => { if (watched()) { at.seen = true; markRead(store.current.peek(), at); } };
    addEventListener("focus", seen);
    document.addEventListener("visibilitychange", seen);
    return () => { observer.disconnect(); removeEventListener("focus", seen); document.removeEventListener("visibilitychange", seen); };
  }, []);
  useEffect(() => { if (at.stick) markRead(c, at); }, [entries, c.unread, c.assignee?.id]);
  useEffect(() => { if (sending.length) { at.stick = true; setDivider(""); box.current.scrollTop = box.current.scrollHeight; } }, [sending.length]);

  const scrolled = () => {
    const el = box.current;
    // Only a move upwards lets go of the end: what grows below it also moves it away.
    if (nearEnd(el)) at.stick = true;
    else if (el.scrollTop < at.top - 1) at.stick = false;
    at.top = el.scrollTop;
    if (at.stick) { setBelow(0); markRead(c, at); }
    if (el.scrollTop < 300) threads.older(c.id, c.contact.id);
  };
  return html`<div class="msgs-w"><div class="msgs scroll" role="log" aria-live="polite" aria-label=${t("messages")} tabindex="0" ref=${box} onScroll=${scrolled}>
      <div class="top-sp" />
      ${thread.state === "loading" && !entries.length && html`<${Skeleton} />`}
      ${thread.state === "failed" && html`<div class="sys"><button type="button" class="as-link" onClick=${() => threads.open(c.id, c.contact.id)}>${t("load_again")}</button></div>`}
      ${thread.more && html`<div class="sys">${t("loading_older")}</div>`}
      ${draw(entries, c, divider)}
      ${sending.map((x) => html`<${Entry} key=${"out-" + x.id} m=${x} state=${x.state} quoted=${quoted(x.quote, entries)} />`)}
      <${TypingBubble} c=${c} joined=${entries.at(-1)?.from?.kind === "visitor" && bubble(entries.at(-1)) && !sending.length} grown=${() => { if (at.stick) box.current.scrollTop = box.current.scrollHeight; }} />
    </div>
    ${below > 0 && html`<button type="button" class="jump btn sm" onClick=${() => { box.current.scrollTop = box.current.scrollHeight; }}><${Icon} name="arrow-down" size="sm" />${t("new_below", { Count: below })}</button>`}
  </div>`;
}

// markRead tells how far the assignee has read, once a word.
function markRead(c, at) {
  if (!c || !store.mine(c) || c.status === "closed" || !watched()) return;
  const last = threads.threadOf(c.contact.id).peek().entries.findLast((m) => m.cursor && m.conversation === c.id);
  if (!last || (at.read === last.cursor && !c.unread)) return;
  at.read = last.cursor;
  tell("read", { conversation: c.id, cursor: last.cursor });
  if (c.unread) store.patchConversation(c.id, { unread: 0 });
}

const runGap = 180_000; // a pause that begins a new run of bubbles

function draw(entries, c, divider) {
  const readAt = lastRead(entries, c);
  const out = [];
  let prev;
  for (let i = 0; i < entries.length; i++) {
    const m = entries[i];
    const ms = Date.parse(m.time);
    if (!prev || !sameDay(Date.parse(prev.time), ms)) {
      out.push(html`<div class="day" key=${"day-" + m.id}><time datetime=${m.time}>${day(ms, store.serverNow())} ${time(ms)}</time></div>`);
      prev = null;
    }
    if (m.id === divider) { out.push(html`<div class="newline" key="newline">${t("new_messages")}</div>`); prev = null; }
    out.push(html`<${Entry} key=${m.id} m=${m} joined=${prev && joins(prev, m)} quoted=${quoted(m.quote, entries)} receipt=${receipt(entries, i, readAt)} />`);
    prev = m;
  }
  return out;
}

const bubble = (m) => m.kind !== "event" && m.kind !== "note" && !m.recalled;
const joins = (a, b) => bubble(a) && bubble(b) && a.from.kind === b.from.kind && a.from.id === b.from.id && Date.parse(b.time) - Date.parse(a.time) < runGap;

function lastRead(entries, c) {
  const marked = c.read_visitor ? entries.findLastIndex((m) => m.cursor === c.read_visitor) : -1;
  return Math.max(marked, entries.findLastIndex((m) => m.from?.kind === "visitor"));
}

// A receipt stands under the last bubble of one's run.
function receipt(entries, i, readAt) {
  const m = entries[i];
  if (!own(m) || !bubble(m) || (entries[i + 1] && joins(m, entries[i + 1]))) return "";
  return i <= readAt ? "read" : "sent";
}

function quoted(id, entries) {
  if (!id) return null;
  const m = entries.find((x) => x.id === id);
  if (!m) return t("quote_earlier");
  return `${t("they_said", { Name: m.from.name ?? "" })}${m.recalled ? t("recalled_short") : lastWords({ kind: m.kind, text: m.text ?? m.file?.name })}`;
}

// It is drawn without the thread around it, so it says itself when it has grown.
function TypingBubble({ c, joined, grown }) {
  const hint = store.typing.value.get(c.id);
  useLayoutEffect(grown, [hint?.text, !hint]);
  if (!hint) return null;
  return html`<div class=${joined ? "m cont" : "m"}><${Avatar} who=${c.contact} /><div class="bd"><div class="bub ghost-b" aria-label=${t("typing")}>${hint.text}<span class="dots"><i /><i /><i /></span></div></div></div>`;
}

const Skeleton = () => html`<div class="skel" aria-hidden="true"><i /><i class="r" /><i /><i class="r" /></div>`;
