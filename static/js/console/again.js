// What I took back can be edited again, though the server has forgotten it: this tab
// keeps the words of the last ones, also over a reload, until I sign out.
import * as store from "./store.js";

const most = 20;
const key = () => "xiaoer.recalled." + store.you.peek().id;

let held = null; // entry → words

function all() {
  try {
    held ??= new Map(JSON.parse(sessionStorage.getItem(key())) ?? []);
  } catch {
    held = new Map();
  }
  return held;
}

export function keep(entry, text) {
  all().set(entry, text);
  try {
    sessionStorage.setItem(key(), JSON.stringify([...held].slice(-most)));
  } catch {
    // forbidden: as long as the page
  }
}

export const wordsOf = (entry) => all().get(entry);
