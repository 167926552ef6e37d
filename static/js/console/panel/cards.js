// What is known of each customer whose panel was open, and how it is changed.
import { signal } from "../../vendor/preact-11.2.0.js";
import { get, patch } from "../api.js";
import * as store from "../store.js";
import { tried } from "../tried.js";

const cards = signal(new Map()); // customer → GET /api/xiaoer/customers/{id}

export const cardOf = (id) => cards.value.get(id);

export async function load(id) {
  try {
    store.setIn(cards, id, await get("customers/" + id));
  } catch (e) {
    if (!cards.peek().has(id)) store.setIn(cards, id, { failed: e.message });
  }
}

// put changes what a card shows, until it is read again.
export function put(id, change) {
  const card = cards.peek().get(id);
  if (card) store.setIn(cards, id, { ...card, ...change(card) });
}

// edit changes what staff know of a customer.
export async function edit(id, change) {
  if (!(await tried(patch("customers/" + id, change)))) return;
  await load(id);
}
