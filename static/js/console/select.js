// Opening a conversation, and stepping from one to the next.
import { batch, effect } from "../vendor/preact-11.2.0.js";
import { tell } from "./link.js";
import { get } from "./api.js";
import * as notices from "./notices.js";
import * as store from "./store.js";
import * as threads from "./threads.js";
import { t } from "./words.js";

// select opens a conversation by id; one that is not in the lists is fetched.
// quiet leaves the pane that a narrow screen shows; there: the address says it
// already.
export async function select(id, { quiet, there } = {}) {
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
  notices.settled(id);
  here = id;
  const from = store.area.peek() || store.pane.peek();
  batch(() => {
    store.area.value = "";
    store.selected.value = id;
    if (store.pane.value === "list" || store.pane.value === "customer") store.pane.value = quiet ? store.pane.value : "thread";
  });
  const c = store.current.peek();
  if (before && before.contact?.id !== c.contact?.id) threads.trim(before.contact.id);
  threads.open(id, c.contact.id);
  tell("viewing", { conversation: id });
  if (there) return;
  // What the thread covers, the board or a phone's list, is a step back.
  if (!quiet && (from === "board" || (from === "list" && narrow.matches))) history.pushState({ thread: true }, "", "#" + id);
  else history.replaceState(history.state, "", "#" + id);
}

const narrow = matchMedia("(max-width: 767px)");

let here = ""; // what the address and colleagues were told of

// The customer's next word may take an open thread along to another conversation.
effect(() => {
  const id = store.selected.value;
  if (!id || id === here) return;
  here = id;
  tell("viewing", { conversation: id });
  history.replaceState(history.state, "", "#" + id);
});

// back is the arrow above the thread.
export const back = () => (history.state?.thread ? history.back() : leave());

// leave closes the thread, for the list or for another area.
export function leave(hash = "") {
  here = "";
  batch(() => {
    store.selected.value = "";
    store.pane.value = "list";
  });
  tell("viewing", {});
  history.replaceState(null, "", location.pathname + hash);
}

// openCustomer shows or hides the customer where they have no pane of their own.
export function openCustomer() {
  const open = store.pane.value !== "customer";
  store.pane.value = open ? "customer" : "thread";
  setTimeout(() => document.querySelector(open ? ".side-x" : ".panel-toggle")?.focus(), 50);
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
