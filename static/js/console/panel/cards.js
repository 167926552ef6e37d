// What is known of each customer whose panel was open, and how it is changed.
import { signal } from "../../vendor/preact-11.2.0.js";
import { get, patch } from "../api.js";
import * as store from "../store.js";
import { t } from "../words.js";

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

// done tells of what the server refuses, and whether it did not.
export async function done(promise) {
  try {
    await promise;
    return true;
  } catch (e) {
    store.toast(e.message || t("not_done"), "bad");
    return false;
  }
}

// edit changes what staff know of a customer.
export async function edit(id, change) {
  if (!(await done(patch("customers/" + id, change)))) return;
  await load(id);
}
