// What customers were promised. What stands open with a customer comes with each
// of their conversations; here is what I have to see to myself, what one can do
// about a promise, and which word of mine is one.
import { batch, computed, signal } from "../vendor/preact-11.2.0.js";
import { newID } from "../lib/id.js";
import { clock, HOUR, MINUTE } from "../lib/due.js";
import { promise } from "../lib/promises.js";
import { get, post, remove } from "./api.js";
import * as store from "./store.js";
import { t } from "./words.js";

export const mine = signal([]); // what I have to see to, the most urgent first
let open = []; // when the shop answers: [from, to], for the coming days

export const can = () => store.may("conversations.reply");
export const of = (c) => c?.promised ?? [];
export const isDue = (r) => Date.parse(r.due) <= store.now.value;

// today is what I have to see to before the day is over.
export const today = computed(() => {
  if (!mine.value.length) return mine.value;
  const end = new Date(store.now.value).setHours(24, 0, 0, 0);
  return mine.value.filter((r) => Date.parse(r.due) < end);
});

// load reads what I have to see to, and the shop's hours.
export async function load() {
  if (!can()) return;
  try {
    const answer = await get("reminders");
    open = answer.open.map((s) => s.map(Date.parse));
    mine.value = answer.reminders;
  } catch {
    // the next change, or the next line, asks again
  }
}

let soon = 0;
// loadSoon is for what comes in bursts, as when several conversations are handed over.
function loadSoon() {
  clearTimeout(soon);
  soon = setTimeout(load, 300);
}

const looks = (c) => JSON.stringify([c?.assignee?.id, c?.owner?.id, c?.status, c?.promised]);

// changed is called with a conversation as it is and as it was: what I have to see
// to follows from whom I serve, and from what they were promised.
export function changed(now, before) {
  if ((of(now).length || of(before).length) && looks(now) !== looks(before)) loadSoon();
}

// ---- what one does ----

const dropped = signal(new Set()); // messages whose promise was none

// show takes a promise as it is now, until the server's word comes.
function show(r) {
  const kept = r.done || r.gone;
  const here = (list) => list.flatMap((x) => (x.id !== r.id ? x : kept ? [] : r));
  batch(() => {
    mine.value = here(mine.peek());
    for (const c of store.conversations.peek().values()) {
      if (of(c).some((x) => x.id === r.id)) store.patchConversation(c.id, { promised: here(of(c)) });
    }
  });
}

async function tried(run) {
  try {
    return await run();
  } catch (e) {
    store.toast(e.message || t("not_done"), "bad");
    loadSoon();
    return null;
  }
}

// add writes a promise down: {conversation, message?, text, due}. It throws what the
// server refuses, for a form to say.
export const add = ({ due, ...fields }) => post("reminders", { id: newID(), due: new Date(due).toISOString(), ...fields });

export const remind = (fields) => tried(() => add(fields));

// put sets another moment, and throws as add does.
export const put = (r, due) => post(`reminders/${r.id}/postpone`, { due: new Date(due).toISOString() });

export const postpone = (r, due) => tried(() => put(r, due));

export async function done(r) {
  show({ ...r, done: r.due });
  if (!(await tried(() => post(`reminders/${r.id}/done`)))) return;
  if (r.message) dropped.value = new Set(dropped.value).add(r.message);
  store.toast(t("promise_done_toast"), "", { text: t("undo"), run: () => tried(() => post(`reminders/${r.id}/undo`)) });
}

export async function drop(r) {
  show({ ...r, gone: true });
  if (r.message) dropped.value = new Set(dropped.value).add(r.message);
  await tried(() => remove("reminders/" + r.id));
}

// ---- what is offered ----

const fresh = HOUR / 2; // a promise is offered to be written down for so long
const found = new Map(); // message → {text, due}, or null

// offered is the promise in a word of mine: {text, due}, or {reminder} once it is
// written down; null for none.
export function offered(m) {
  if (!can() || m.kind !== "text" || !m.text || !m.id) return null;
  const c = store.conversations.value.get(m.conversation);
  const reminder = of(c).find((r) => r.message === m.id) ?? of(store.current.value).find((r) => r.message === m.id);
  if (reminder) return { reminder };
  const said = Date.parse(m.time);
  if (dropped.value.has(m.id) || store.now.value - said > fresh) return null;
  if (!found.has(m.id)) found.set(m.id, promise(m.text, said, open));
  const offer = found.get(m.id);
  return offer && offer.due > store.now.value ? offer : null;
}

// times are the moments that are one click away: {key, due}.
export function times() {
  const now = store.serverNow();
  const hour = Math.ceil((now + HOUR) / (5 * MINUTE)) * 5 * MINUTE;
  const list = [{ key: "hour", due: hour }, { key: "today", due: clock(now, 0, 17) }, { key: "tomorrow", due: clock(now, 1, 10) }];
  return list.filter((x) => x.due > now + HOUR / 4);
}
