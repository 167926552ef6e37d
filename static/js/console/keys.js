// The keys of the actions: single ones outside of inputs, those with Alt while
// writing too, those with Ctrl or ⌘ everywhere.
import { actions, run } from "./actions.js";

const plain = new Map(actions.flatMap((a) => (a.keys ?? []).map((key) => [key, a])));
const alt = new Map(actions.filter((a) => a.alt).map((a) => ["Key" + a.alt, a]));
const ctrl = new Map(actions.filter((a) => a.ctrl).map((a) => ["Key" + a.ctrl, a]));

// meant is the action that a key means where it was pressed.
function meant(e) {
  if (e.ctrlKey || e.metaKey) return e.altKey || e.shiftKey ? undefined : ctrl.get(e.code);
  if (e.altKey) return alt.get(e.code);
  const el = e.target;
  if (el.closest?.("input, textarea, select, [role=menu], [contenteditable]")) return undefined;
  if (e.key === "Enter" && el.closest?.("button, a")) return undefined; // they have an Enter of their own
  return plain.get(e.key);
}

export function watch() {
  addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.isComposing || e.keyCode === 229 || document.querySelector("dialog[open]")) return;
    const action = meant(e);
    if (!action) return;
    e.preventDefault();
    run(action, { alt: e.altKey });
  });
}
