// What the console knows, as signals. link.js and loading.js fill it; the panes
// only read it. Nothing here touches the page or the network.
import { signal, computed, batch } from "../vendor/preact-11.2.0.js";

export const desk = signal(null); // GET /api/xiaoer/desk: you, shop, colleagues, groups, tags, quick_replies, channels…
export const conversations = signal(new Map()); // id → conversation
export const selected = signal(""); // the conversation that is open
export const tab = signal("mine");
export const filter = signal({}); // what of a tab is shown, see matches
export const picked = signal(new Set()); // ids of the rows that are chosen for one act together
export const sorting = signal("wait"); // or "recent"
export const needle = signal(""); // what the list is narrowed to
export const pane = signal("list"); // which pane a narrow screen shows: list, thread, customer
export const area = signal(""); // what the page shows: "" the conversations, "board" the supervisors' view
export const dialog = signal(null); // {kind, …} of the one open dialog
export const picture = signal(null); // {url, name} enlarged
export const link = signal({ state: "connecting", since: Date.now() }); // connecting, ready, lost, signed_out, elsewhere, refused
export const typing = signal(new Map()); // conversation → {text, until}
export const writers = signal(new Map()); // conversation → the colleague who writes in it
export const viewers = signal(new Map()); // conversation → ids of the colleagues who look at it
export const toasts = signal([]);
export const complete = signal({}); // view → all of it is loaded

// Server time in ms, moved once a second by one timer for the whole page.
let ahead = 0;
export const now = signal(Date.now());
export const serverNow = () => Date.now() + ahead;
export function setClock(moment) {
  const ms = typeof moment === "number" ? moment : Date.parse(moment);
  if (ms) ahead = ms - Date.now();
  now.value = serverNow();
}
setInterval(() => { now.value = serverNow(); }, 1000);

// mentions are the notes that name me and that I have not seen: conversation → {message, by}.
export const mentions = computed(() => new Map((desk.value?.mentions ?? []).map((m) => [m.conversation, m])));

export const you = computed(() => desk.value?.you);
export const may = (permission) => desk.value?.you.permissions?.includes(permission) ?? false;
export const mine = (c) => !!c?.assignee && c.assignee.id === you.value?.id;
export const following = (c) => !!c?.owner && c.owner.id === you.value?.id && !mine(c) && c.status !== "closed";
export const colleague = (id) => desk.value?.colleagues.find((p) => p.id === id);
export const isStaff = (id) => id === you.value?.id || (desk.value?.colleagues ?? []).some((p) => p.id === id);
export const current = computed(() => conversations.value.get(selected.value));

// place says in which tab a conversation is.
export function place(c) {
  if (c.status === "open") return mine(c) ? "mine" : "colleagues";
  return c.status;
}

// What a conversation is sorted by is read once of each: a list of hundreds is
// sorted with every message.
const places = new WeakMap();

export function placing(c) {
  let at = places.get(c);
  if (!at) {
    const wait = c.status !== "closed" && c.waiting_since ? Date.parse(c.waiting_since) : 0;
    places.set(c, at = { wait, spot: Date.parse(c.last?.time ?? c.opened) || 0, rank: Date.parse(c.rank ?? c.waiting_since ?? c.opened) || 0, wakes: Date.parse(c.later_until) || Infinity });
  }
  return at;
}

// Unanswered ones come first, the longest wait on top; then what wakes soonest, and
// the latest.
export function compare(a, b) {
  const one = placing(a);
  const other = placing(b);
  if (sorting.value === "wait" && (one.wait || other.wait)) return one.wait && other.wait ? one.wait - other.wait : one.wait ? -1 : 1;
  if (one.wakes !== other.wakes && a.status === "later" && b.status === "later") return one.wakes - other.wakes;
  return other.spot - one.spot;
}

const groupsOf = computed(() => {
  const out = { mine: [], waiting: [], following: [], colleagues: [], bot: [], later: [], closed: [] };
  for (const c of conversations.value.values()) {
    (out[place(c)] ??= []).push(c);
    if (following(c)) out.following.push(c); // beside where it is
  }
  return out;
});

// inLine orders the queue as the server does: by rank, in which priority and level
// have given a head start.
const inLine = (a, b) => placing(a).rank - placing(b).rank || (a.id < b.id ? -1 : 1);

export const queue = computed(() => groupsOf.value.waiting.slice().sort(inLine));
export const mineOpen = computed(() => groupsOf.value.mine.slice().sort(compare));

const hit = (c, word) => [c.contact?.name, c.last?.text, ...(c.tags ?? []).map((x) => x.name)].some((s) => s?.toLowerCase().includes(word));

// facets are what a filter may choose among, and what of it a conversation has.
const facets = {
  channel: (c) => [c.channel?.id],
  group: (c) => [c.group?.id ?? ""],
  tag: (c) => (c.tags ?? []).map((x) => x.id),
  level: (c) => [c.contact?.level ?? ""],
  priority: (c) => [c.priority || "normal"],
  assignee: (c) => [c.assignee?.id ?? ""],
};

// narrows tells whether a filter leaves anything out.
export const narrows = (f) => !!f.unreplied || !!f.unread || !!f.mentioned || Object.keys(facets).some((x) => f[x]?.length);

// matches tells whether a filter lets a conversation be seen: {unreplied, unread,
// mentioned, and of each facet the values of which it has to have one}.
export const matches = (c, f) => (!f.unreplied || !!c.waiting_since) && (!f.unread || c.unread > 0) && (!f.mentioned || mentions.value.has(c.id)) &&
  Object.entries(facets).every(([x, of]) => !f[x]?.length || of(c).some((value) => f[x].includes(value)));

export const tabOf = (name) => groupsOf.value[name] ?? [];

// rows is what the list shows.
export const rows = computed(() => {
  const word = needle.value.trim().toLowerCase();
  const f = filter.value;
  let list = tabOf(tab.value);
  if (word) list = [...conversations.value.values()].filter((c) => hit(c, word));
  else if (narrows(f)) list = list.filter((c) => matches(c, f));
  return list.slice().sort(compare);
});

// Rows are being chosen once one is; where fingers choose, a button begins it.
const begun = signal(false);
export const picking = computed(() => begun.value || picked.value.size > 0);
export const startPicking = () => { begun.value = true; };
export const unpick = () => batch(() => { picked.value = new Set(); begun.value = false; });

export function drop(id) {
  if (!picked.value.has(id)) return;
  const next = new Set(picked.value);
  next.delete(id);
  picked.value = next;
}

// chosen are the picked ones of those that are shown.
export const chosen = computed(() => (picked.value.size ? rows.value.filter((c) => picked.value.has(c.id)) : []));

let last = ""; // picked one

// pick chooses a row or no longer; reach takes the rows along between it and the one
// before.
export function pick(id, reach) {
  const next = new Set(picked.value);
  const ids = rows.peek().map((c) => c.id);
  const [from, to] = [ids.indexOf(last), ids.indexOf(id)].sort((a, b) => a - b);
  if (reach && from >= 0) for (const one of ids.slice(from, to + 1)) next.add(one);
  else if (!next.delete(id)) next.add(id);
  last = id;
  picked.value = next;
}

const views = { mine: "mine", waiting: "waiting", following: "following", colleagues: "open", bot: "bot", later: "later", closed: "closed" };
export const viewOf = (name) => views[name];

// counts are exact where the whole view is loaded, else the server's.
export const counts = computed(() => {
  const told = desk.value?.counts ?? {};
  const out = {};
  for (const name of Object.keys(views)) {
    const here = groupsOf.value[name].length;
    const there = name === "colleagues" ? (told.open ?? 0) - (told.mine ?? 0) : told[views[name]] ?? 0;
    out[name] = complete.value[views[name]] ? here : Math.max(here, there);
  }
  return out;
});

export const unreplied = computed(() => groupsOf.value.mine.filter((c) => c.waiting_since).length);
export const unread = computed(() => groupsOf.value.mine.reduce((n, c) => n + (c.unread ?? 0), 0));

// upsert takes the server's word for conversations; one that is gone leaves.
export function upsert(...list) {
  const next = new Map(conversations.value);
  const fresh = list.filter((c) => !next.has(c.id));
  for (const c of list) {
    if (c.gone) next.delete(c.id);
    else next.set(c.id, { ...next.get(c.id), ...blank, ...c });
  }
  batch(() => {
    conversations.value = next;
    follow(fresh);
  });
}

// What the server leaves out is not there any more.
const blank = {
  assignee: undefined, group: undefined, owner: undefined, waiting_since: undefined, position: undefined, rank: undefined, closed: undefined, rating: undefined,
  later_until: undefined, marked_unread: undefined, deadlines: undefined, promised: undefined, emotion: undefined, left: undefined, preferred: undefined, night: undefined,
};

// The customer's next word after a closing opens another conversation in the
// same visible thread: whoever has that thread open is taken along, once. Who goes
// back to an older one stays there.
function follow(list) {
  const open = conversations.value.get(selected.value);
  if (open?.status !== "closed") return;
  const next = list.find((c) => !c.gone && c.status !== "closed" && c.contact?.id === open.contact?.id);
  if (next) selected.value = next.id;
}

export function patchConversation(id, change) {
  const c = conversations.value.get(id);
  if (!c) return;
  const next = new Map(conversations.value);
  next.set(id, { ...c, ...change });
  conversations.value = next;
}

export function forget() {
  conversations.value = new Map();
  complete.value = {};
}

export function setIn(sig, key, value) {
  const next = new Map(sig.value);
  if (value === undefined) next.delete(key);
  else next.set(key, value);
  sig.value = next;
}

// toast tells something in passing. tone: "", "bad".
let toastId = 0;
export function toast(text, tone = "", action) {
  const id = ++toastId;
  toasts.value = [...toasts.value.slice(-2), { id, text, tone, action }];
  setTimeout(() => dropToast(id), action ? 10000 : 5000);
}

export const dropToast = (id) => { toasts.value = toasts.value.filter((x) => x.id !== id); };

// presence takes a colleague's, or one's own, being there. Who works here no
// longer leaves every list.
export function presence({ staff, status, reason, load, cap, gone }) {
  const id = staff?.id ?? staff;
  const d = desk.peek();
  if (!d) return;
  if (gone) {
    desk.value = { ...d, colleagues: d.colleagues.filter((p) => p.id !== id) };
    writers.value = new Map([...writers.peek()].filter(([, who]) => who.id !== id));
    viewers.value = new Map([...viewers.peek()].map(([c, ids]) => [c, new Set([...ids].filter((x) => x !== id))]));
    return;
  }
  const told = { presence: status, presence_reason: reason ?? "", ...(load !== undefined && { load }), ...(cap !== undefined && { cap }) };
  const you = d.you.id === id ? { ...d.you, ...told } : d.you;
  desk.value = { ...d, you, colleagues: d.colleagues.map((p) => (p.id === id ? { ...p, ...told } : p)) };
}
export const meta = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl ";
