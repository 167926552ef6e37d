// What is being written, a conversation: a reply and a note, two texts that never
// become each other, and which of them is open. They are kept in this browser at
// once and on the server after a second of rest, so that they are there on the
// next machine. The newest wins; what it replaced is offered, and lost nowhere.
import { signal } from "../vendor/preact-11.2.0.js";
import { get, put } from "./api.js";
import * as store from "./store.js";
import { t } from "./words.js";

export const drafts = signal(new Map()); // conversation → entry

// An entry is {reply, note, mode, after, state, begun}: after names what it goes
// on from, state is "local" or "saved", begun {text, mode} is what a list shows.
const nothing = { reply: "", note: "", mode: "reply", after: "", state: "" };

const rest = 1000;
const timers = new Map();
const saving = new Set();
const key = () => "xiaoer.drafts." + store.you.peek().id;
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("xiaoer.drafts") : null;

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

export const draftOf = (conversation) => drafts.value.get(conversation) ?? nothing;
const peek = (conversation) => drafts.peek().get(conversation) ?? nothing;
const empty = (d) => !d.reply && !d.note && d.mode !== "note";

const begun = ({ reply, note, mode }) => {
  const shown = { reply, note }[mode] ? mode : reply ? "reply" : "note";
  return { mode: shown, text: { reply, note }[shown] };
};

function set(conversation, draft) {
  store.setIn(drafts, conversation, empty(draft) && !draft.after ? undefined : { ...draft, begun: begun(draft) });
}

// change keeps what the agent has made of a draft.
function change(conversation, what) {
  const { reply, note, mode, after } = { ...peek(conversation), ...what };
  set(conversation, { reply, note, mode, after, state: "local" });
  cache(conversation, { reply, note, mode, after });
  clearTimeout(timers.get(conversation));
  timers.set(conversation, setTimeout(save, rest, conversation));
}

// write keeps a text, as the reply or the note that it is, which is open now.
export const write = (conversation, text, mode) => change(conversation, { [mode]: text, mode });

// turn opens the reply or the note; each keeps its words.
export const turn = (conversation, mode) => mode !== peek(conversation).mode && change(conversation, { mode });

// afresh is a draft as one comes back to it: where no note has been begun, one replies.
const afresh = (draft) => (draft.note ? draft : { ...draft, mode: "reply" });

// leave is told when its thread leaves the screen. Where the same person writes in
// another tab, that one is not changed under their hands.
export const leave = (conversation) => drafts.peek().has(conversation) && set(conversation, afresh(peek(conversation)));

// sent forgets a text at once: its words are in the outbox now. What was open
// stays open: a second note is a note, too.
export function sent(conversation, mode) {
  change(conversation, { [mode]: "" });
  clearTimeout(timers.get(conversation));
  save(conversation);
}

// save brings a draft to the server, one call a conversation at a time: what it
// goes on from is known with the answer.
async function save(conversation) {
  timers.delete(conversation);
  if (saving.has(conversation)) return void timers.set(conversation, setTimeout(save, rest, conversation));
  const { reply, note, mode, after } = peek(conversation);
  saving.add(conversation);
  try {
    saved(conversation, { reply, note, mode }, await put(`conversations/${conversation}/draft`, { reply, note, mode, after }));
  } catch (e) {
    if (!e.status || e.status >= 429) timers.set(conversation, setTimeout(save, 5000, conversation));
    else if (!timers.has(conversation)) cache(conversation, null); // refused: it stays on this screen only
  } finally {
    saving.delete(conversation);
  }
}

const same = (a, b) => a.reply === b.reply && a.note === b.note && a.mode === b.mode;

function saved(conversation, sent, { draft, replaced }) {
  const now = peek(conversation);
  if (replaced) offer(conversation, sent, replaced);
  if (!same(now, sent)) return change(conversation, { after: draft.updated ?? "" }); // written on meanwhile
  cache(conversation, null);
  took(conversation, draft);
  tabs?.postMessage({ who: store.you.peek().id, conversation, draft });
}

const took = (conversation, { reply, note, mode, updated }) =>
  set(conversation, { reply, note, mode, after: updated ?? "", state: reply || note ? "saved" : "" });

// offer brings back the words of another machine that these have replaced.
function offer(conversation, mine, theirs) {
  const lost = ["reply", "note"].filter((mode) => theirs[mode] && !mine[mode].includes(theirs[mode]));
  if (!lost.length) return;
  store.toast(t("draft_replaced"), "", {
    text: t("draft_both"),
    run() {
      const now = peek(conversation);
      change(conversation, Object.fromEntries(lost.map((mode) => [mode, [now[mode], theirs[mode]].filter(Boolean).join("\n")])));
    },
  });
}

// arrived is a draft from elsewhere: another tab, or the server. What is being
// written here stays.
function arrived(conversation, draft) {
  if (peek(conversation).state === "local" || timers.has(conversation) || saving.has(conversation)) return;
  if ((draft.updated ?? "") !== peek(conversation).after) took(conversation, draft);
}

tabs?.addEventListener("message", ({ data }) => data.who === store.you.peek()?.id && arrived(data.conversation, data.draft));

// refresh asks for the conversation's draft as another machine may have left it.
export async function refresh(conversation) {
  try {
    arrived(conversation, (await get(`conversations/${conversation}/draft`)).draft);
  } catch {
    // what is known here is good enough
  }
}

// load takes the server's drafts, and pushes what this browser still owes it.
export async function load() {
  const answer = await get("drafts").catch(() => ({ drafts: [] }));
  for (const draft of answer.drafts) if (peek(draft.conversation).state !== "local") took(draft.conversation, afresh(draft));
  for (const [conversation, draft] of Object.entries(cached())) {
    if (draft.mode && peek(conversation).state !== "local") change(conversation, afresh(draft));
  }
}

addEventListener("focus", () => store.selected.peek() && refresh(store.selected.peek()));
