// What a search has found: asked page by page, and opened.
import { signal } from "../vendor/preact-11.2.0.js";
import { get } from "./api.js";
import { toEntry } from "./jump.js";
import { select } from "./select.js";
import { seek } from "./sought.js";
import * as store from "./store.js";

export const kinds = ["messages", "customers", "notes"];
export const asked = signal({ typed: "", kind: "messages", sort: "newest" });
export const found = signal({ state: "", hits: [], next: "" }); // state: "" | loading | ready | failed
export const at = signal(-1); // the hit that the arrows have come to

const query = ({ typed, kind, sort }, before) => `search?${new URLSearchParams({ q: typed, kind, sort, ...(before && { before }) })}`;

let turn = 0; // an answer to what is not asked any more is none

// ask asks for something else, or in another way.
export async function ask(change) {
  const now = { ...asked.peek(), ...change };
  asked.value = now;
  at.value = -1;
  const mine = ++turn;
  if (!now.typed) { found.value = { state: "", hits: [], next: "" }; return; }
  found.value = { ...found.peek(), state: "loading", hits: change.kind ? [] : found.peek().hits };
  try {
    const { hits, next = "", indexed } = await get(query(now));
    if (mine === turn) found.value = { state: "ready", hits, next, indexed };
  } catch (e) {
    if (mine === turn) found.value = { state: "failed", hits: [], next: "", message: e.message };
  }
}

let paging = false;

// more adds the next page.
export async function more() {
  const { next, state } = found.peek();
  if (paging || !next || state !== "ready") return;
  paging = true;
  const mine = turn;
  try {
    const answer = await get(query(asked.peek(), next));
    if (mine === turn) found.value = { ...found.peek(), hits: found.peek().hits.concat(answer.hits), next: answer.next ?? "" };
  } catch {
    // asked again as one scrolls on
  } finally {
    paging = false;
  }
}

// open shows a hit where it stands: in the thread that goes on, if that is the same
// customer's.
export async function open(hit) {
  if (!hit?.conversation) return;
  const goesOn = [...store.conversations.peek().values()].find((c) => c.contact?.id === hit.contact?.id && c.status !== "closed");
  const id = hit.contact && goesOn ? goesOn.id : hit.conversation;
  await select(id);
  if (hit.kind !== "message" && hit.kind !== "note") return;
  toEntry(id, hit.id);
  seek(hit.contact?.id, [hit.snippet]);
}
