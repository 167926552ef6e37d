// Marks what was searched for in the thread where it was found, over the words as
// they stand: nothing of the thread is drawn again. Browsers without highlights show
// the entry alone.
import { effect } from "../vendor/preact-11.2.0.js";
import * as store from "./store.js";

const can = "highlights" in CSS;

let words = [];
let stop = () => {};

// seek marks in a contact's thread what the snippets of hits were found by, until
// another thread is opened.
export function seek(contact, snippets) {
  stop();
  words = [...new Set(snippets.flatMap(({ text, marks }) => marks.map(([from, to]) => text.slice(from, to).toLowerCase())))].sort((a, b) => b.length - a.length);
  if (!can || !words.length) return;
  const watch = new MutationObserver(soon);
  watch.observe(document.querySelector(".app"), { childList: true, subtree: true });
  const leave = effect(() => { if (store.current.value?.contact?.id !== contact) stop(); });
  stop = () => { stop = () => {}; watch.disconnect(); leave(); CSS.highlights.delete("sought"); };
  if (store.current.peek()?.contact?.id !== contact) return stop();
  soon();
}

export const unseek = () => stop();

let drawn = 0;

// soon marks once before the next frame, however much has changed.
function soon() {
  cancelAnimationFrame(drawn);
  drawn = requestAnimationFrame(mark);
}

function mark() {
  const ranges = [];
  for (const entry of document.querySelectorAll(".msgs .tx")) {
    const walk = document.createTreeWalker(entry, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) ranges.push(...places(walk.currentNode));
  }
  CSS.highlights.set("sought", new Highlight(...ranges));
}

// places are where the words stand in a text.
function places(node) {
  const text = node.data.toLowerCase();
  if (text.length !== node.data.length) return []; // places in one are none in the other
  return words.flatMap((word) => {
    const list = [];
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + word.length);
      list.push(range);
    }
    return list;
  });
}
