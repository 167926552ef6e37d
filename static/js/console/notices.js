// What is to be told of conversations, gathered: one calm notice a kind, which
// names what it is about or says how many, and leads to the one that waits
// longest. It goes by itself once there is nothing left to do about it.
import { computed, signal } from "../vendor/preact-11.2.0.js";
import { running } from "./deadlines.js";
import * as store from "./store.js";
import { t } from "./words.js";

const told = signal(new Map()); // code → {level, list: [{id, text}]}
const ends = new Map();

const waits = (c) => c.status === "waiting";
const owes = (c) => c.status !== "closed" && running(c).some((d) => d.stage !== "running");

// kinds says of which conversations a notice still holds, and how long it stays.
const kinds = {
  handed: { holds: (c) => c.status === "open" && store.mine(c), lasts: 10_000 },
  queue: { holds: waits, lasts: 20_000 },
  returned: { holds: waits, lasts: 30_000 },
  woken: { holds: (c) => c.status === "open", lasts: 60_000 },
  unseen: { holds: (c) => c.status !== "closed" && !!c.waiting_since && !waited.value.some((x) => x.id === c.id), lasts: 120_000 }, // those are told of already
  deadline_near: { holds: owes, lasts: 60_000, stage: "warned" },
  deadline_breached: { holds: owes, lasts: 120_000, stage: "breached" },
  deadline_escalated: { holds: owes, lasts: 120_000, stage: "escalated" },
  mention: { holds: (c) => store.mentions.value.has(c.id), lasts: 120_000 },
  reminder: { holds: (c) => c.promised?.length > 0, lasts: 120_000, anywhere: true }, // also of what is closed, and not here
};
const other = { holds: () => true, lasts: 30_000 };
const kind = (code) => kinds[code] ?? other;

// graver is what a notice takes the place of: what is late is near no longer.
const graver = { deadline_breached: ["deadline_near"], deadline_escalated: ["deadline_near", "deadline_breached"], handed: ["queue", "returned"] };

// tell gathers a notice about a conversation.
export function tell(code, id, level, text) {
  for (const old of graver[code] ?? []) drop(old, id);
  const others = (told.peek().get(code)?.list ?? []).filter((x) => x.id !== id);
  store.setIn(told, code, { level, list: [...others, { id, text }] });
  clearTimeout(ends.get(code));
  ends.set(code, setTimeout(() => dismiss(code), kind(code).lasts));
}

// tellAll gathers a notice that counts deadlines without naming conversations, from
// those that are at that stage here; false where there are none.
export function tellAll(code, level, mine) {
  const { stage } = kind(code);
  const list = [...store.conversations.peek().values()].filter((c) => stage && (!mine || store.mine(c)) && c.deadlines?.some((d) => d.stage === stage));
  for (const c of list) tell(code, c.id, level, "");
  return list.length > 0;
}

// about is what is told of one conversation; of deadlines and rules the server does
// not say who the customer is.
export const about = (code, c, text) => (c && (kind(code).stage || code === "rule" || code === "woken" || code === "mention" || code === "unseen") ? `${t("they_said", { Name: c.contact?.name ?? "" })}${text}` : text);

export const dismiss = (code) => store.setIn(told, code, undefined);

function drop(code, id) {
  const n = told.peek().get(code);
  const list = n?.list.filter((x) => x.id !== id);
  if (n && list.length < n.list.length) store.setIn(told, code, list.length ? { ...n, list } : undefined);
}

// settled drops what was told about a conversation: somebody looks at it now.
export function settled(id) {
  for (const code of told.peek().keys()) drop(code, id);
}

const onBoard = new Set(["queue", "returned", "deadline_near", "deadline_breached"]); // which shows them already

const byWait = (a, b) => (a.c && b.c ? store.compare(a.c, b.c) : 0);

const long = 100_000; // ms that a customer may wait for a reply before one is told
const hushed = signal(new Set()); // conversations of which one wants to hear no more

// waited are those of mine who have waited so long, the longest first; but for the one
// that is being read. It is the same list until somebody joins or leaves it.
const waitingLongest = computed(() => store.tabOf("mine").filter((c) => c.waiting_since).sort((a, b) => store.placing(a).wait - store.placing(b).wait));
let known = [];
export const waited = computed(() => {
  const at = store.now.value - long;
  const list = waitingLongest.value.filter((c) => store.placing(c).wait <= at && c.id !== store.selected.value);
  if (list.length !== known.length || list.some((c, i) => c !== known[i])) known = list;
  return known;
});

// waiting tells of all of them at once, until one wants to hear no more of each.
function waiting() {
  const list = waited.value;
  if (list.every((c) => hushed.value.has(c.id + c.waiting_since))) return [];
  const one = list[0];
  const text = list.length > 1 ? t("notice_waited_many", { Count: list.length }) : t("notice_waited", { Name: one.contact?.name });
  return [{ code: "waited", level: "warning", first: one.id, text, since: Date.parse(one.waiting_since), hush: () => { hushed.value = new Set(list.map((c) => c.id + c.waiting_since)); } }];
}

// shown are the notices of now: {code, level, text, first}, first being the
// conversation that waits longest; since where the time is told, too.
export function shown() {
  return waiting().concat([...told.value].flatMap(([code, n]) => {
    if (store.area.value === "board" && onBoard.has(code)) return [];
    const list = n.list.map((x) => ({ ...x, c: store.conversations.value.get(x.id) })).filter((x) => (x.c ? kind(code).holds(x.c) : !(code in kinds) || kind(code).anywhere)).sort(byWait);
    const one = list[0];
    const text = list.length > 1 || !one?.text ? t(code in kinds ? `notice_${code}_many` : "notice_many", { Count: list.length }) : about(code, one.c, one.text);
    return list.length ? [{ code, level: n.level, first: one.id, text }] : [];
  }));
}
