// What of a tab is shown: the filter, and the views that a person has saved of it,
// each a tab with a filter by a name.
import { computed, effect, signal } from "../vendor/preact-11.2.0.js";
import { loadMore, loadView, loadWhole } from "./loading.js";
import { pref } from "./preferences.js";
import * as store from "./store.js";

const nothing = {};
const few = 30; // rows that fill a screen

export const view = signal(""); // the saved one that is shown

// show goes to a tab with a filter.
export function show(tab, filter = nothing, id = "") {
  store.tab.value = tab;
  store.filter.value = filter;
  store.needle.value = "";
  store.unpick();
  view.value = id;
  loadView(store.viewOf(tab));
}

// narrow changes the filter of the tab that is shown.
export function narrow(change) {
  store.filter.value = { ...store.filter.value, ...change };
  view.value = "";
}

export const views = computed(() => pref("views"));

export const open = ({ id, filter: { tab, ...filter } }) => show(tab, filter, id);

// count is how many a view holds, as far as they are known here.
export const count = ({ filter }) => store.tabOf(filter.tab).filter((c) => store.matches(c, filter)).length;

// watch loads what a filter or a view has to look through. Of what is closed, which
// may be years, only as much as fills the list.
export function watch() {
  effect(() => {
    if (store.link.value.state !== "ready") return;
    const tabs = views.value.map((v) => v.filter.tab);
    if (store.narrows(store.filter.value)) tabs.push(store.tab.value);
    for (const tab of new Set(tabs)) if (tab !== "closed") queueMicrotask(() => loadWhole(store.viewOf(tab)));
  });
  let page = 0;
  effect(() => {
    const seeks = store.tab.value === "closed" && store.narrows(store.filter.value);
    if (!seeks) page = 0;
    else if (store.rows.value.length < few && !store.complete.value.closed && page++ < 40) queueMicrotask(() => loadMore("closed"));
  });
}
