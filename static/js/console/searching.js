// Whether something is searched for, and where: over everything, in the list's
// place, or in the thread that is open. What one sees of it is fetched when it is
// first needed.
import { signal } from "../vendor/preact-11.2.0.js";
import { later, styled } from "./later.js";
import { openConversations } from "./area.js";
import * as store from "./store.js";

export const everywhere = signal(null); // {typed}
export const within = signal(null); // {contact, date}: date where it begins with that

const part = (load, name, back) => later(() => Promise.all([load(), styled("search")]).then(([module]) => module[name]), back);

// search opens the search over everything, for what has been typed already.
export function search(typed = "") {
  if (store.area.peek() === "board") openConversations();
  everywhere.value = { typed };
  store.pane.value = "list";
}

export function closeSearch() {
  everywhere.value = null;
  store.needle.value = "";
}

// searchThread opens the bar over the thread of c, at its date where that is meant.
export const searchThread = (c, date = false) => { within.value = { contact: c.contact.id, date }; };
export const closeThread = () => { within.value = null; };

export const Search = part(() => import("./search.js"), "Search", closeSearch);
export const Within = part(() => import("./within.js"), "Within", closeThread);
