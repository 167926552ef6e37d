// Filling the store over HTTP: the desk, the lists, and all of it again when the
// stream cannot be continued.
import { batch } from "../vendor/preact-11.2.0.js";
import { get } from "./api.js";
import * as store from "./store.js";

const pages = new Map(); // view → {next, busy}

export async function loadDesk() {
  const desk = await get("desk");
  store.setClock(desk.now);
  store.desk.value = desk;
}

let refreshed = 0;
const rights = () => { const { permissions, groups } = store.you.peek(); return JSON.stringify([permissions, groups]); };

// refresh reads the desk again after a reconnection: colleagues, tags, quick
// replies and rights may have changed without a frame. It tells whether one's
// own rights have.
export async function refresh() {
  if (refreshed++ === 0) return false; // the page has only just read it
  const before = rights();
  await loadDesk().catch(() => {});
  return rights() !== before;
}

async function page(view, before = "") {
  return get(`conversations?view=${view}${before ? "&before=" + encodeURIComponent(before) : ""}`);
}

function put(view, answer) {
  batch(() => {
    store.upsert(...answer.conversations);
    pages.set(view, { next: answer.next ?? "" });
    if (!answer.next) store.complete.value = { ...store.complete.value, [view]: true };
  });
}

// loadView reads the first page of a view once.
export function loadView(view) {
  if (pages.has(view)) return pages.get(view).loading;
  const loading = page(view).then((answer) => { put(view, answer); return true; }, () => { pages.delete(view); return false; }); // asked again the next time
  pages.set(view, { next: "", loading });
  return loading;
}

// loadMore reads the next page of a view, once whoever asks; false where there is
// none, or where it does not come.
export function loadMore(view) {
  const at = pages.get(view);
  if (!at?.next) return at?.loading ?? false;
  at.busy ||= page(view, at.next).then((answer) => { put(view, answer); return true; }, () => { at.busy = null; return false; });
  return at.busy;
}

// loadWhole reads all of a view, for those who need every one of it; of what never
// ends, the latest.
export async function loadWhole(view) {
  await loadView(view);
  for (let i = 0; i < 40; i++) if (!await loadMore(view)) return;
}

// Mine, what I follow and the queue are needed whole, for their counts and clocks.
async function whole(view) {
  const first = await page(view);
  const all = { conversations: first.conversations, next: first.next, cursor: first.cursor };
  for (let i = 0; i < 20 && all.next; i++) {
    const more = await page(view, all.next);
    all.conversations = all.conversations.concat(more.conversations);
    all.next = more.next;
  }
  return all;
}

// loadAll reads what the first screen needs: {cursor, apply}. The cursor is the
// first answer's, so that the stream begins before everything that was read.
export async function loadAll() {
  const mine = await whole("mine");
  const [waiting, following, open] = await Promise.all([whole("waiting"), whole("following"), page("open")]);
  const opened = store.current.peek();
  return {
    cursor: mine.cursor,
    apply() {
      batch(() => {
        pages.clear();
        store.forget();
        if (opened?.status === "closed") store.upsert(opened); // not in these lists, yet on the screen
        put("open", open);
        put("following", following);
        put("waiting", waiting);
        put("mine", mine);
      });
      loadView(store.viewOf(store.tab.peek()));
    },
  };
}
