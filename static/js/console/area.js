// Which area fills the page: the conversations, or the supervisors' board.
import { later, styled } from "./later.js";
import { leave, select } from "./select.js";
import * as store from "./store.js";

export const mayBoard = () => store.may("conversations.assign") && store.may("conversations.see_all");

let before = ""; // the conversation that was open when the board was

export function openBoard() {
  if (!mayBoard()) return;
  before = store.selected.peek() || before;
  leave("#board");
  store.area.value = "board";
}

export function openConversations() {
  if (store.area.peek() !== "board") return leaveToList();
  store.area.value = "";
  if (before && !matchMedia("(max-width: 767px)").matches) select(before, { quiet: true });
  else leave();
  before = "";
}

const leaveToList = () => { store.pane.value = "list"; };

export const flipBoard = () => (store.area.peek() === "board" ? openConversations() : openBoard());

// follow goes where the address points, after the browser's own back or forward.
export function follow() {
  const at = location.hash.slice(1);
  if (at === "board") return openBoard();
  store.area.value = "";
  if (at) select(at, { quiet: true, there: true });
  else leave();
}

export const Board = later(() => Promise.all([import("./board.js"), styled("board")]).then(([module]) => module.Board), openConversations);
