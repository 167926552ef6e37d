// Which area fills the page: the conversations, or the supervisors' board. The
// board's parts are fetched when it is first opened: most people never do.
import { html, useEffect, useState } from "../vendor/preact-11.2.0.js";
import { leave, select } from "./select.js";
import * as store from "./store.js";
import { t } from "./words.js";

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

let parts; // of the board, once they are there

function fetchParts() {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("../../css/board.css", import.meta.url).href });
  const dressed = new Promise((done, failed) => { sheet.onload = done; sheet.onerror = failed; });
  document.head.append(sheet);
  return Promise.all([import("./board.js"), dressed]).then(([module]) => { parts = module; });
}

export function Board() {
  const [, drawn] = useState(0);
  useEffect(() => {
    if (parts) return;
    fetchParts().then(() => drawn(1), () => { openConversations(); store.toast(t("not_connected"), "bad"); });
  }, []);
  return parts ? html`<${parts.Board} />` : html`<section class="board" aria-label=${t("board")} />`;
}
