// Opening a conversation, and stepping from one to the next.
import { batch } from "../vendor/preact-11.2.0.js";
import { tell } from "./link.js";
import { get } from "./api.js";
import * as store from "./store.js";
import * as threads from "./threads.js";
import { t } from "./words.js";

// select opens a conversation by id; one that is not in the lists is fetched.
export async function select(id, { quiet } = {}) {
  if (!id) return leave();
  const before = store.current.peek();
  if (!store.conversations.peek().has(id)) {
    try {
      store.upsert((await get("conversations/" + id)).conversation);
    } catch (e) {
      if (!quiet) store.toast(e.message || t("not_there"), "bad");
      return;
    }
  }
  store.settled(id);
  const from = store.pane.peek();
  batch(() => {
    store.selected.value = id;
    if (store.pane.value === "list" || store.pane.value === "customer") store.pane.value = quiet ? store.pane.value : "thread";
  });
  const c = store.current.peek();
  if (before && before.contact?.id !== c.contact?.id) threads.trim(before.contact.id);
  threads.open(id, c.contact.id);
  tell("viewing", { conversation: id });
  // On a phone the thread covers the list: the phone's own "back" returns to it.
  if (from === "list" && !quiet && narrow.matches) history.pushState({ thread: true }, "", "#" + id);
  else history.replaceState(history.state, "", "#" + id);
}

const narrow = matchMedia("(max-width: 767px)");

// back is the arrow above the thread.
export const back = () => (history.state?.thread ? history.back() : leave());

addEventListener("popstate", () => {
  if (!location.hash) leave();
});

function leave() {
  store.selected.value = "";
  store.pane.value = "list";
  tell("viewing", {});
  history.replaceState(null, "", location.pathname);
}

// step opens the next (1) or previous (-1) row.
export function step(by) {
  const list = store.rows.peek();
  if (!list.length) return;
  const at = list.findIndex((c) => c.id === store.selected.peek());
  const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by))];
  select(next.id);
  requestAnimationFrame(() => document.querySelector(`.it[data-id="${next.id}"]`)?.scrollIntoView({ block: "nearest" }));
}
