// A section of the panel folds away, and stays so in this browser.
import { html, signal } from "../../vendor/preact-11.2.0.js";
import { Icon } from "../parts.js";

const key = "xiaoer.panel";

function read() {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {}; // it is not to be had here: everything stands as it begins
  }
}

const folded = signal(read());

export const isOpen = (id, begins = true) => folded.value[id] ?? begins;

function flip(id, open) {
  folded.value = { ...folded.value, [id]: open };
  try {
    localStorage.setItem(key, JSON.stringify(folded.value));
  } catch {
    // it stands so until the page is left
  }
}

// Section has a head that folds it; what stands in act is there while it is open.
export function Section({ id, title, count, begins = true, act, children }) {
  const open = isOpen(id, begins);
  return html`<section class=${open ? "sec" : "sec folded"}><header><h3><button type="button" class="sec-h" aria-expanded=${open} aria-controls=${"sec-" + id} onClick=${() => flip(id, !open)}>
    <${Icon} name="chevron-right" size="sm" />${title}${count > 0 && html`<span class="sec-n">${count}</span>`}</button></h3>${open && act}</header>
    <div id=${"sec-" + id} hidden=${!open}>${open && children}</div></section>`;
}
