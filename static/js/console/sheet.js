// The sheet of all keys.
import { html } from "../vendor/preact-11.2.0.js";
import { words } from "../lib/words.js";
import { Dialog } from "./parts.js";
import { actions } from "./actions.js";
import { mayBoard } from "./area.js";
import * as store from "./store.js";
import { lang } from "./words.js";

const say = await words("palette", lang);
const shown = { Enter: "↵", Escape: "Esc" };

// strokes are the ways to press it: each a list of keys to hold together.
export const strokes = (a) => [
  ...(a.keys ?? []).map((key) => [/^[A-Z]$/.test(key) ? "⇧ " + key : shown[key] ?? key.toUpperCase()]),
  ...(a.ctrl ? [[store.meta + a.ctrl]] : []),
];

const groups = ["go", "conversation"];
const there = (a) => a.name !== "board" || mayBoard();

const Keys = ({ list }) => html`<dl class="sheet">${list.map((a) => html`<dt key=${a.name}>${strokes(a).flat().map((key) => html`<span class="kbd" key=${key}>${key}</span>`)}</dt><dd>${say("do_" + a.name)}</dd>`)}</dl>`;

export function Sheet() {
  const writing = actions.filter((a) => a.alt);
  return html`<${Dialog} title=${say("do_keys")} onClose=${() => { store.dialog.value = null; }} cls="sheets">
    <div class="dlg-b scroll" tabindex="0" role="group" aria-label=${say("do_keys")}>${groups.map((g) => html`<section key=${g}><h3>${say("group_" + g)}</h3><${Keys} list=${actions.filter((a) => a.group === g && strokes(a).length && there(a))} /></section>`)}
      <section><h3>${say("group_writing")}</h3><dl class="sheet">${writing.map((a) => html`<dt key=${a.name}><span class="kbd">Alt ${a.alt}</span></dt><dd>${say("do_" + a.name)}</dd>`)}<dt><span class="kbd">Esc</span></dt><dd>${say("leave_writing")}</dd></dl></section></div>
  <//>`;
}
