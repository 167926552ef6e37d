// What somebody has lately done by the palette, in this browser: ids, the latest
// first.
import * as store from "./store.js";

const most = 12;
const key = () => "xiaoer.recent." + store.you.peek().id;

export function recent() {
  try {
    return JSON.parse(localStorage.getItem(key())) ?? [];
  } catch {
    return [];
  }
}

export function remember(id) {
  try {
    localStorage.setItem(key(), JSON.stringify([id, ...recent().filter((x) => x !== id)].slice(0, most)));
  } catch {
    // full or forbidden: it is a comfort, nothing more
  }
}
