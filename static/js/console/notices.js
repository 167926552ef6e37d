// What is to be told of conversations, gathered: one calm notice a kind, which
// names what it is about or says how many, and leads to the one that waits
// longest. It goes by itself once there is nothing left to do about it.
import { signal } from "../vendor/preact-11.2.0.js";
import * as store from "./store.js";
import { t } from "./words.js";

const told = signal(new Map()); // code → {level, about: [{id, text}]}
const ends = new Map();

const waits = (c) => c.status === "waiting";
const owes = (c) => !!(c.waiting_since || c.left) && c.status !== "closed";

// kinds says of which conversations a notice still holds, and how long it stays.
const kinds = {
  handed: { holds: (c) => c.status === "open" && store.mine(c), lasts: 10_000 },
  queue: { holds: waits, lasts: 20_000 },
  returned: { holds: waits, lasts: 30_000 },
  deadline_near: { holds: owes, lasts: 60_000 },
  deadline_breached: { holds: owes, lasts: 120_000 },
  deadline_escalated: { holds: owes, lasts: 120_000 },
};
const other = { holds: () => true, lasts: 30_000 };
const kind = (code) => kinds[code] ?? other;

// graver is what a notice takes the place of: what is late is near no longer.
const graver = { deadline_breached: ["deadline_near"], deadline_escalated: ["deadline_near", "deadline_breached"], handed: ["queue", "returned"] };

// tell gathers a notice about a conversation.
export function tell(code, id, level, text) {
  for (const old of graver[code] ?? []) drop(old, id);
  const about = (told.peek().get(code)?.about ?? []).filter((x) => x.id !== id);
  store.setIn(told, code, { level, about: [...about, { id, text }] });
  clearTimeout(ends.get(code));
  ends.set(code, setTimeout(() => dismiss(code), kind(code).lasts));
}

export const dismiss = (code) => store.setIn(told, code, undefined);

function drop(code, id) {
  const n = told.peek().get(code);
  const about = n?.about.filter((x) => x.id !== id);
  if (n && about.length < n.about.length) store.setIn(told, code, about.length ? { ...n, about } : undefined);
}

// settled drops what was told about a conversation: somebody looks at it now.
export function settled(id) {
  for (const code of told.peek().keys()) drop(code, id);
}

const byWait = (a, b) => (a.c && b.c ? store.compare(a.c, b.c) : 0);

// shown are the notices of now: {code, level, text, first}, first being the
// conversation that waits longest.
export function shown() {
  return [...told.value].flatMap(([code, { level, about }]) => {
    const list = about.map((x) => ({ ...x, c: store.conversations.value.get(x.id) })).filter((x) => (x.c ? kind(code).holds(x.c) : !(code in kinds))).sort(byWait);
    const text = list.length > 1 ? t(code in kinds ? `notice_${code}_many` : "notice_many", { Count: list.length }) : list[0]?.text;
    return list.length ? [{ code, level, first: list[0].id, text }] : [];
  });
}
