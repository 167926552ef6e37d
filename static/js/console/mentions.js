// Notes in which I am named: kept by the server until I have looked, so that they
// are there when I come, and marked in the list wherever the conversation stands.
import { effect, untracked } from "../vendor/preact-11.2.0.js";
import { get, post } from "./api.js";
import { toEntry } from "./jump.js";
import * as notices from "./notices.js";
import * as store from "./store.js";
import { t } from "./words.js";

const watched = () => document.visibilityState === "visible" && document.hasFocus();

// watch is called once, when the page is drawn.
export function watch() {
  effect(() => {
    if (store.link.value.state !== "ready") return;
    const all = [...store.mentions.value.values()];
    untracked(() => all.forEach(tell));
  });
  effect(() => {
    const one = store.mentions.value.get(store.selected.value);
    if (one) untracked(() => look(one));
  });
  const back = () => { const one = store.mentions.peek().get(store.selected.peek()); if (one) look(one); };
  addEventListener("focus", back);
  document.addEventListener("visibilitychange", back);
}

const told = new Set(); // messages that were told, conversations that are not to be had

// tell says that somebody has named me. What is in none of the lists is fetched,
// so that there is a row to mark.
async function tell({ conversation, message, by }) {
  const news = !told.has(message);
  told.add(message);
  if (!store.conversations.peek().has(conversation) && !told.has(conversation)) {
    told.add(conversation);
    try {
      store.upsert((await get("conversations/" + conversation)).conversation);
      told.delete(conversation);
    } catch {
      return; // it is not mine to see any more
    }
  }
  if (news && store.mentions.peek().has(conversation)) notices.tell("mention", conversation, "info", t("mentioned_by", { Name: by }));
}

const keep = (conversation, one) => {
  const rest = (store.desk.peek().mentions ?? []).filter((m) => m.conversation !== conversation);
  store.desk.value = { ...store.desk.peek(), mentions: one ? [one, ...rest] : rest };
};

// heard takes a live entry that may name me, or take that back.
export function heard(m) {
  const me = store.you.peek().id;
  if (m.kind === "note" && m.from.id !== me && m.data?.mentions?.includes(me)) keep(m.conversation, { conversation: m.conversation, message: m.id, by: m.from.name });
  if (m.data?.event === "recalled" && store.mentions.peek().get(m.conversation)?.message === m.data.message) keep(m.conversation);
}

// look takes the mark away from what is on the screen, and shows the note.
function look({ conversation, message }) {
  if (!watched() || store.area.peek()) return;
  keep(conversation);
  notices.settled(conversation);
  toEntry(conversation, message);
  post(`conversations/${conversation}/mention/seen`).catch(() => {}); // then it is marked once more
}
