// What is being written, a conversation. It is kept in this browser at once and
// on the server after a second of rest, so that it is there on the next machine.
import { signal } from "../vendor/preact-11.2.0.js";
import { get, put } from "./api.js";
import { setIn, you } from "./store.js";

export const drafts = signal(new Map()); // conversation → {text, mode, state: "" | "local" | "saved"}

const rest = 1000;
const timers = new Map();
const key = () => "xiaoer.drafts." + you.peek().id;

const cached = () => {
  try {
    return JSON.parse(localStorage.getItem(key())) ?? {};
  } catch {
    return {};
  }
};

function cache(conversation, draft) {
  const all = cached();
  if (draft) all[conversation] = draft;
  else delete all[conversation];
  try {
    localStorage.setItem(key(), JSON.stringify(all));
  } catch {
    // full or forbidden: the server's copy follows in a second
  }
}

export const draftOf = (conversation) => drafts.value.get(conversation) ?? { text: "", mode: "reply" };

export function write(conversation, text, mode) {
  setIn(drafts, conversation, text || mode === "note" ? { text, mode, state: "local" } : undefined);
  cache(conversation, { text, mode });
  clearTimeout(timers.get(conversation));
  timers.set(conversation, setTimeout(() => save(conversation, text, mode), rest));
}

// sent forgets a draft at once: its words are in the outbox now.
export function sent(conversation, mode) {
  clearTimeout(timers.get(conversation));
  setIn(drafts, conversation, undefined);
  cache(conversation, { text: "", mode });
  save(conversation, "", mode);
}

async function save(conversation, text, mode) {
  timers.delete(conversation);
  try {
    await put(`conversations/${conversation}/draft`, { text, mode });
  } catch (e) {
    if (!e.status || e.status >= 429) timers.set(conversation, setTimeout(() => save(conversation, text, mode), 5000));
    else cache(conversation, null); // refused: it stays on this screen only
    return;
  }
  if (timers.has(conversation)) return; // written on meanwhile
  cache(conversation, null);
  const now = drafts.peek().get(conversation);
  if (now?.text === text) setIn(drafts, conversation, { ...now, state: "saved" });
}

// load takes the server's drafts, and pushes what this browser still owes it.
export async function load() {
  const answer = await get("drafts").catch(() => ({ drafts: [] }));
  const all = new Map((answer.drafts ?? []).filter((d) => d.text).map((d) => [d.conversation, { text: d.text, mode: d.mode || "reply", state: "saved" }]));
  for (const [conversation, { text, mode }] of Object.entries(cached())) {
    if (text) all.set(conversation, { text, mode, state: "local" });
    else all.delete(conversation);
    save(conversation, text, mode);
  }
  drafts.value = all;
}
