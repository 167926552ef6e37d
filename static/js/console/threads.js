// The threads that have been opened: one a contact, over all of its
// conversations. The order is lib/timeline.js's; here are loading, paging, and
// what an entry says about another.
import { signal } from "../vendor/preact-11.2.0.js";
import { Timeline } from "../lib/timeline.js";
import { get } from "./api.js";
import { conversations } from "./store.js";

const keep = 300; // entries a thread keeps when it is left
const page = 50;

const threads = new Map(); // contact → {timeline, signal}

function hold(contact) {
  if (!threads.has(contact)) threads.set(contact, { timeline: new Timeline(), shown: signal({ entries: [], more: false, state: "" }) });
  return threads.get(contact);
}

// threadOf is a signal of {entries, more, state: "" | loading | ready | failed}.
export const threadOf = (contact) => hold(contact).shown;

function show(contact, change = {}) {
  const { timeline, shown } = hold(contact);
  shown.value = { ...shown.peek(), ...change, entries: applied(timeline.messages) };
}

const contactOf = (conversation) => conversations.peek().get(conversation)?.contact?.id;

const texts = new Map(); // id → what I wrote, for "edit again" after recalling it

// applied lets the entries that recall change those that they speak of.
function applied(entries) {
  const gone = new Map(); // what was taken back, and when
  for (const m of entries) {
    if (m.kind === "event" && m.data?.event === "recalled") gone.set(m.data.message, m.time);
    else if (m.text && !m.recalled && m.from?.kind === "staff") texts.set(m.id, m.text);
  }
  return entries.map((m) => (m.recalled || gone.has(m.id) ? { ...m, recalled: true, was: texts.get(m.id), back: gone.get(m.id), text: undefined, file: undefined } : m));
}

// open loads the newest page, unless it is there already.
export async function open(conversation, contact) {
  const { timeline, shown } = hold(contact);
  if (shown.peek().state === "ready" || shown.peek().state === "loading") return;
  show(contact, { state: "loading" });
  const land = timeline.loading();
  try {
    const { messages } = await get(`conversations/${conversation}/thread`);
    if (threads.get(contact)?.timeline !== timeline) return; // reset meanwhile
    land(messages);
    show(contact, { more: messages.length >= page, state: "ready" });
  } catch {
    land([]);
    show(contact, { state: "failed" });
  }
}

let paging = false;

// older loads the page before the first entry.
export async function older(conversation, contact) {
  const { timeline, shown } = hold(contact);
  const first = timeline.settled[0];
  if (paging || !shown.peek().more || !first) return;
  paging = true;
  try {
    const { messages } = await get(`conversations/${conversation}/thread?before=${encodeURIComponent(first.cursor)}`);
    timeline.prepend(messages);
    show(contact, { more: messages.length >= page });
  } catch {
    // the reader scrolls again
  } finally {
    paging = false;
  }
}

// arrived takes a live entry, acked one that is mine. A thread that was never
// opened stays unloaded: opening it reads everything from the server.
export const arrived = (message) => update(message, "receive");
export const acked = (message) => update(message, "acked");

function update(message, how) {
  const contact = message && contactOf(message.conversation);
  const held = contact && threads.get(contact);
  if (!held || held.shown.peek().state === "") return;
  held.timeline[how](message);
  show(contact);
}

// trim drops the oldest entries of a thread that is not on the screen.
export function trim(contact) {
  const { timeline } = hold(contact);
  if (timeline.settled.length <= keep) return;
  timeline.settled = timeline.settled.slice(-keep);
  show(contact, { more: true });
}

// reset empties every thread: the stream could not be continued.
export function reset() {
  for (const held of threads.values()) {
    held.timeline = new Timeline();
    held.shown.value = { entries: [], more: false, state: "" };
  }
}
