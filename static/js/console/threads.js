// The threads that have been opened: one a contact, over all of its
// conversations. The order is lib/timeline.js's; here are loading, paging, and
// what an entry says about another.
//
// Who goes far back reads apart from the newest page, which goes on growing
// unseen, until the two meet or the reader returns to it.
import { signal } from "../vendor/preact-11.2.0.js";
import { Timeline } from "../lib/timeline.js";
import { get } from "./api.js";
import { conversations } from "./store.js";

const keep = 300; // entries a thread keeps when it is left
const page = 50;

const threads = new Map(); // contact → {timeline, apart, shown}

const empty = { entries: [], more: false, newer: false, state: "" };

function hold(contact) {
  if (!threads.has(contact)) threads.set(contact, { timeline: new Timeline(), apart: null, shown: signal(empty) });
  return threads.get(contact);
}

// threadOf is a signal of {entries, more, newer, state: "" | loading | ready |
// failed}: newer where it is read apart from the newest page.
export const threadOf = (contact) => hold(contact).shown;

function show(contact, change = {}) {
  const { timeline, apart, shown } = hold(contact);
  shown.value = { ...shown.peek(), ...change, newer: !!apart, entries: applied((apart ?? timeline).messages) };
}

const contactOf = (conversation) => conversations.peek().get(conversation)?.contact?.id;

// applied lets the entries that recall change those that they speak of.
function applied(entries) {
  const gone = new Map(); // what was taken back, and when
  for (const m of entries) {
    if (m.kind === "event" && m.data?.event === "recalled") gone.set(m.data.message, m.time);
  }
  return entries.map((m) => (m.recalled || gone.has(m.id) ? { ...m, recalled: true, back: gone.get(m.id), text: undefined, file: undefined } : m));
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

const thread = (conversation, name, value) => get(`conversations/${conversation}/thread?${name}=${encodeURIComponent(value)}`);

let paging = false;

// paged does one thing at a time; where it fails, the reader scrolls again.
async function paged(load) {
  if (paging) return;
  paging = true;
  await load().catch(() => {});
  paging = false;
}

// older loads the page before the first entry.
export function older(conversation, contact) {
  const { timeline, apart, shown } = hold(contact);
  const read = apart ?? timeline;
  const first = read.settled[0];
  if (!shown.peek().more || !first) return undefined;
  return paged(async () => {
    const { messages } = await thread(conversation, "before", first.cursor);
    if (read !== (hold(contact).apart ?? hold(contact).timeline)) return; // it is read elsewhere by now
    read.prepend(messages);
    show(contact, { more: messages.length >= page });
  });
}

// newer loads the page after the last entry of what is read apart.
export function newer(conversation, contact) {
  const { apart } = hold(contact);
  if (!apart) return undefined;
  return paged(async () => {
    const { messages } = await thread(conversation, "after", apart.settled.at(-1).cursor);
    if (hold(contact).apart !== apart) return;
    apart.settled = apart.settled.concat(messages.filter((m) => !apart.find(m.id)));
    meet(contact, messages.length < page);
  });
}

// meet makes one of both parts where what is read apart has come to the newest page,
// or to the end.
function meet(contact, atEnd) {
  const held = hold(contact);
  const { timeline, apart } = held;
  if (atEnd || apart.settled.some((m) => timeline.find(m.id))) {
    timeline.prepend(apart.settled);
    held.apart = null;
  }
  show(contact);
}

// around reads the thread from where an entry stands, or the first one since a
// moment: name is "around" or "since". It gives the entry's id.
export async function around(conversation, contact, name, value) {
  const { messages, at, older: more, newer: rest } = await thread(conversation, name, value);
  const held = hold(contact);
  if (held.timeline.find(at)) { latest(contact); return at; }
  held.apart = Object.assign(new Timeline(), { settled: messages });
  if (!held.shown.peek().newer) held.rest = held.shown.peek().more; // whether there is more before the newest page
  show(contact, { more });
  meet(contact, !rest);
  return at;
}

// latest returns to the newest page.
export function latest(contact) {
  const held = hold(contact);
  if (!held.apart) return;
  held.apart = null;
  show(contact, { more: held.rest });
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
  if (message.data?.event === "recalled") held.apart?.empty(message.data.message);
  show(contact);
}

// trim drops the oldest entries of a thread that is not on the screen.
export function trim(contact) {
  const { timeline } = hold(contact);
  latest(contact);
  if (timeline.settled.length <= keep) return;
  timeline.settled = timeline.settled.slice(-keep);
  show(contact, { more: true });
}

// reset empties every thread: the stream could not be continued.
export function reset() {
  for (const held of threads.values()) {
    held.timeline = new Timeline();
    held.apart = null;
    held.shown.value = empty;
  }
}
