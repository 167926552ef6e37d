// The middle pane: the one visible thread of a contact, across conversations.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { Avatar, Icon } from "./parts.js";
import { Composer } from "./composer.js";
import { Entry } from "./bubble.js";
import { bubble, draw, quoted } from "./entries.js";
import { Context, Head } from "./head.js";
import { Handover } from "./handover.js";
import { Promises } from "./promised.js";
import { jump } from "./jump.js";
import { outbox, tell } from "./link.js";
import { Within, within } from "./searching.js";
import * as store from "./store.js";
import * as threads from "./threads.js";
import { t } from "./words.js";

export function Thread() {
  const c = store.current.value;
  if (!c) return null; // it has just been left
  return html`<section class="thread" id="thread" tabindex="-1" aria-label=${t("conversation")}>
    <${Head} c=${c} /><${Context} c=${c} /><${Handover} c=${c} /><${Promises} c=${c} />${within.value?.contact === c.contact.id && html`<${Within} c=${c} key=${"within-" + c.contact.id} />`}<${Messages} c=${c} key=${c.contact.id} /><${Composer} c=${c} />
  </section>`;
}

const nearEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 80;
const watched = () => document.visibilityState === "visible" && document.hasFocus();

const most = 300; // entries on the page; the thread may hold thousands
const stride = 15; // by which the page moves over them: 50 at once cost a script of 65 ms

// anchorOf is the first entry on the screen and where it stands, so that what comes
// and goes above it does not move it.
function anchorOf(box) {
  for (const el of box.querySelectorAll("[data-entry]")) {
    if (el.offsetTop + el.offsetHeight > box.scrollTop) return { el, top: el.getBoundingClientRect().top };
  }
  return null;
}

function Messages({ c }) {
  const box = useRef();
  const at = useRef({ stick: true, top: 0, last: "" }).current;
  const [divider, setDivider] = useState("");
  const [below, setBelow] = useState(0); // came while the reader was further up
  const [far, setFar] = useState(false); // from the end
  const [end, setEnd] = useState(""); // the last entry on the page, "" for the newest
  const thread = threads.threadOf(c.contact.id).value;
  const entries = thread.entries;
  const to = (end && entries.findIndex((m) => m.id === end) + 1) || entries.length;
  const from = Math.max(0, to - most);
  const sending = outbox.value.filter((x) => x.contact === c.contact.id);
  const going = jump.value?.contact === c.contact.id && thread.state === "ready" && jump.value;
  const anchor = box.current && !at.stick ? anchorOf(box.current) : null;

  // move shows what is before or after the page's entries, if there is anything.
  const move = (by) => {
    const next = Math.min(entries.length, Math.max(Math.min(most, entries.length), to + by));
    if (next !== to) setEnd(next === entries.length ? "" : entries[next - 1].id);
    return next !== to;
  };
  const edges = () => {
    const el = box.current;
    if (el.scrollTop < 600 && from > 0) move(-stride);
    else if (el.scrollTop < 300) threads.older(c.id, c.contact.id);
    else if (el.scrollHeight - el.scrollTop - el.clientHeight < 600 && !move(stride) && thread.newer) threads.newer(c.id, c.contact.id);
  };
  const toEnd = () => { at.stick = true; threads.latest(c.contact.id); setEnd(""); setBelow(0); box.current.scrollTop = box.current.scrollHeight; };

  useLayoutEffect(() => {
    const el = box.current;
    const last = entries.at(-1)?.id ?? "";
    if (at.stick) el.scrollTop = el.scrollHeight;
    else if (anchor?.el.isConnected) el.scrollTop += anchor.el.getBoundingClientRect().top - anchor.top;
    if (at.last && last !== at.last && !at.apart && !thread.newer && entries.at(-1)?.from?.kind === "visitor") {
      if (!at.stick) setBelow((n) => n + 1);
      if (!watched() && (!divider || at.seen)) { setDivider(last); at.seen = false; }
    }
    if (!at.last && last && c.unread > 0) {
      const unread = entries.filter((m) => m.from?.kind === "visitor" && m.kind !== "event").slice(-c.unread);
      if (unread.length) setDivider(unread[0].id);
    }
    Object.assign(at, { last, apart: thread.newer });
  });
  useLayoutEffect(() => { if (!at.stick) edges(); }, [from, to, entries.length]);
  useLayoutEffect(() => { // the divider is brought into view with what follows it
    const line = divider && box.current.querySelector(".newline");
    if (line && line.offsetTop < box.current.scrollTop) box.current.scrollTop = Math.max(0, line.offsetTop - 40);
  }, [divider]);
  useLayoutEffect(() => { // an entry was asked for: it is loaded, brought onto the page, and shown
    if (!going) return;
    const i = entries.findIndex((m) => m.id === going.id);
    const el = box.current.querySelector(`[data-entry="${going.id}"]`);
    if (i < 0 && at.asked !== going) {
      at.asked = going;
      threads.around(c.id, c.contact.id, "around", going.id).catch(() => { jump.value = null; store.toast(t("entry_gone")); });
      return;
    }
    if (i >= 0 && !el && (i < from || i >= to)) { at.stick = false; setEnd(entries[Math.max(most, i + most / 2)]?.id ?? ""); return; }
    jump.value = null;
    if (!el) { store.toast(t("entry_gone")); return; }
    at.stick = false;
    el.scrollIntoView({ block: "center" });
    el.classList.remove("lit");
    void el.offsetWidth; // so that the light goes on again
    el.classList.add("lit");
  }, [going, entries, end]);
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
  useEffect(() => {
    if (sending.length > (at.sending ?? 0)) { setDivider(""); toEnd(); }
    at.sending = sending.length;
  }, [sending.length]);

  const scrolled = () => {
    const el = box.current;
    // Only a move upwards lets go of the end: what grows below it also moves it away.
    if (nearEnd(el) && to === entries.length && !thread.newer) at.stick = true;
    else if (el.scrollTop < at.top - 1) at.stick = false;
    at.top = el.scrollTop;
    if (at.stick) { setBelow(0); markRead(c, at); }
    setFar(!at.stick && (thread.newer || to < entries.length || el.scrollHeight - el.scrollTop > 2.5 * el.clientHeight));
    edges();
  };
  return html`<div class="msgs-w"><div class="msgs scroll" role="log" aria-live="polite" aria-label=${t("messages")} tabindex="0" ref=${box} onScroll=${scrolled}>
      <div class="top-sp" />
      ${thread.state === "loading" && !entries.length && html`<${Skeleton} />`}
      ${thread.state === "failed" && html`<div class="sys"><button type="button" class="as-link" onClick=${() => threads.open(c.id, c.contact.id)}>${t("load_again")}</button></div>`}
      ${thread.more && from === 0 && html`<div class="sys">${t("loading_older")}</div>`}
      ${draw(entries, from, to, c, divider)}
      ${to === entries.length && !thread.newer && sending.map((x) => html`<${Entry} key=${"out-" + x.id} m=${x} state=${x.state} quoted=${quoted(x.quote, entries)} />`)}
      ${to === entries.length && !thread.newer && html`<${TypingBubble} c=${c} joined=${entries.at(-1)?.from?.kind === "visitor" && bubble(entries.at(-1)) && !sending.length} grown=${() => { if (at.stick) box.current.scrollTop = box.current.scrollHeight; }} />`}
    </div>
    ${below > 0 ? html`<button type="button" class="jump btn sm" onClick=${toEnd}><${Icon} name="arrow-down" size="sm" />${t("new_below", { Count: below })}</button>`
      : (far || thread.newer) && html`<button type="button" class=${`jump far btn sm${thread.newer ? " long" : ""}`} aria-label=${t("to_newest")} title=${t("to_newest")} onClick=${toEnd}><${Icon} name="arrow-down" size="sm" />${thread.newer && t("to_newest")}</button>`}
  </div>`;
}

// markRead tells how far the assignee has read, once a word.
function markRead(c, at) {
  if (!c || !store.mine(c) || c.status === "closed" || !watched()) return;
  const { entries, newer } = threads.threadOf(c.contact.id).peek();
  if (newer) return; // what is new is not on the screen
  const last = entries.findLast((m) => m.cursor && m.conversation === c.id);
  if (!last || (at.read === last.cursor && (!c.unread || c.marked_unread))) return;
  at.read = last.cursor;
  tell("read", { conversation: c.id, cursor: last.cursor });
  if (c.unread) store.patchConversation(c.id, { unread: 0 });
}

// It is drawn without the thread around it, so it says itself when it has grown.
function TypingBubble({ c, joined, grown }) {
  const hint = store.typing.value.get(c.id);
  useLayoutEffect(grown, [hint?.text, !hint]);
  if (!hint) return null;
  return html`<div class=${joined ? "m cont" : "m"}><${Avatar} who=${c.contact} /><div class="bd"><div class="bub ghost-b" role="note" aria-label=${t(hint.text ? "typing_preview" : "typing")} title=${hint.text ? t("typing_preview") : undefined}>${hint.text}<span class="dots"><i /><i /><i /></span></div></div></div>`;
}

const Skeleton = () => html`<div class="skel" aria-hidden="true"><i /><i class="r" /><i /><i class="r" /></div>`;
