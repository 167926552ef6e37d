// The keys that work outside of inputs; Alt+J, K and E work in the composer too.
import { html } from "../vendor/preact-11.2.0.js";
import { Dialog } from "./parts.js";
import { close, take } from "./acts.js";
import { flipAngry, flipUrgent } from "./marks.js";
import { flipBoard, mayBoard } from "./area.js";
import { openCustomer, step } from "./select.js";
import * as composing from "./composing.js";
import * as drafts from "./drafts.js";
import * as store from "./store.js";
import { t } from "./words.js";

const reply = (mode) => {
  const c = store.current.peek();
  if (!c) return;
  const d = drafts.draftOf(c.id);
  if (d.mode !== mode) drafts.write(c.id, d.text, mode);
  composing.focus();
};

const mineOpen = () => {
  const c = store.current.peek();
  return store.mine(c) && c.status !== "closed" ? c : null;
};

const keys = {
  j: () => step(1),
  k: () => step(-1),
  r: () => reply("reply"),
  Enter: () => reply("reply"),
  n: () => reply("note"),
  t: () => mineOpen() && (store.dialog.value = { kind: "transfer", id: mineOpen().id }),
  e: () => mineOpen() && close(mineOpen().id),
  E: () => mineOpen() && close(mineOpen().id, true),
  a() {
    const c = store.current.peek();
    if (c?.status === "waiting") take(c.id);
  },
  p: () => flipUrgent(store.current.peek()),
  m: () => flipAngry(store.current.peek()),
  b: flipBoard,
  i: openCustomer,
  f: () => document.getElementById("narrow")?.focus(),
  "/": () => mineOpen() && composing.slash(),
  "?": () => { store.dialog.value = { kind: "keys" }; },
  Escape() {
    if (store.pane.value === "customer") openCustomer();
  },
};

export function watch() {
  addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.isComposing || e.keyCode === 229 || e.ctrlKey || e.metaKey || document.querySelector("dialog[open]")) return;
    if (e.altKey) {
      const run = { KeyJ: keys.j, KeyK: keys.k, KeyE: keys.e }[e.code];
      if (run) { e.preventDefault(); run(); }
      return;
    }
    const el = e.target;
    if (el.closest?.("input, textarea, select, [role=menu], [contenteditable]")) return;
    if (e.key === "Enter" && el.closest?.("button, a")) return; // they have an Enter of their own
    const run = keys[e.key];
    if (!run) return;
    e.preventDefault();
    run();
  });
}

const sheet = [["J", "K"], ["R"], ["N"], ["/"], ["T"], ["A"], ["E"], ["⇧E"], ["P"], ["M"], ["B"], ["I"], ["F"], ["Alt J", "Alt K", "Alt E"], ["Esc"]];
const meaning = ["move", "reply", "note", "quick", "transfer", "take", "close", "close_next", "urgent", "angry", "board", "panel", "find", "alt", "esc"];

export const Keys = () => html`<${Dialog} title=${t("keys_title")} onClose=${() => { store.dialog.value = null; }}>
  <dl class="sheet">${sheet.map((row, i) => (meaning[i] !== "board" || mayBoard()) && html`<dt key=${i}>${row.map((k) => html`<span class="kbd" key=${k}>${k}</span>`)}</dt><dd>${t("keys_" + meaning[i])}</dd>`)}</dl>
<//>`;
