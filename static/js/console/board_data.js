// What the board shows. What moves by itself is the store's; the server is asked
// for what only it knows (reasons, levels, since when, the day's figures), after a
// change and every five seconds at most.
import { computed, effect, signal } from "../vendor/preact-11.2.0.js";
import { near, running } from "./deadlines.js";
import { get } from "./api.js";
import { loadWhole } from "./loading.js";
import * as store from "./store.js";

const rest = 5000; // between two questions
const anyway = 30_000; // asked again although nothing has changed: reasons age

export const facts = signal({ queue: [], people: [], today: {} });
export const group = signal(""); // the board is narrowed to a group

const inGroup = (c) => !group.value || c.group?.id === group.value;

let asked = 0;
let timer = 0;

async function ask() {
  timer = 0;
  asked = Date.now();
  try {
    facts.value = await get("board");
  } catch {
    // what is known stays; the next change asks again
  }
}

function askSoon() {
  timer ||= setTimeout(ask, Math.max(0, rest - (Date.now() - asked)));
}

// watch keeps the board's facts fresh while it is on the screen.
export function watch() {
  const stop = effect(() => { store.conversations.value; store.desk.value; askSoon(); });
  const whole = effect(() => { if (store.link.value.state === "ready" && !store.complete.value.open) queueMicrotask(() => loadWhole("open")); });
  const beat = setInterval(askSoon, anyway);
  return () => { stop(); whole(); clearInterval(beat); clearTimeout(timer); timer = 0; };
}

// served are the conversations with a person, or that wait for one.
export const served = computed(() => [...store.conversations.value.values()].filter((c) => (c.status === "open" || c.status === "waiting" || c.status === "later") && inGroup(c)));

// queue is who waits, in the order in which they will be served.
export const queue = computed(() => store.queue.value.filter(inGroup));

// due are the deadlines near and missed, the first due first: the same list again
// until one of them has turned, so that a second's tick draws nothing.
let last = { key: "", list: [] };
export const due = computed(() => {
  const now = store.now.value;
  const list = served.value.flatMap((c) => running(c).map((d) => ({ c, d, level: near(d, now) }))).filter((x) => x.level)
    .sort((a, b) => Date.parse(a.d.due) - Date.parse(b.d.due));
  const key = list.map((x) => `${x.c.id} ${x.d.kind} ${x.d.due} ${x.level}`).join();
  if (key !== last.key || list.some((x, i) => x.c !== last.list[i].c)) last = { key, list };
  return last.list;
});
