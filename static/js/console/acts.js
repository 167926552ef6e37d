// What an agent does to conversations: take, transfer, close, recall. Each is a
// live command, answered by the server; what it changes comes back as frames.
import { act } from "./link.js";
import { put, remove } from "./api.js";
import * as again from "./again.js";
import { leave, select, step } from "./select.js";
import * as composing from "./composing.js";
import * as drafts from "./drafts.js";
import { of as promised } from "./reminders.js";
import { tried } from "./tried.js";
import * as store from "./store.js";
import { t } from "./words.js";

// mayMove says who may hand a conversation on, or end it.
export const mayMove = (c) => !!c && c.status !== "closed" && (store.mine(c) || store.may("conversations.assign"));

export async function take(conversation) {
  if (!(await tried(act("take", { conversation })))) return;
  store.tab.value = "mine";
  if (!drafts.draftOf(conversation).note) drafts.turn(conversation, "reply"); // that is what it was taken for
  await select(conversation);
  composing.ready();
}

// transfer throws what the server refuses: its dialog says so.
export const transfer = (conversation, to) => act("transfer", { conversation, ...to });

// close ends a conversation; andNext opens the one that waits longest. Where
// something that was promised is still to be kept it asks first.
export async function close(conversation, andNext, asked) {
  if (!asked && promised(store.conversations.peek().get(conversation)).length) {
    store.dialog.value = { kind: "unkept", id: conversation, andNext };
    return;
  }
  if (!(await tried(act("close", { conversation })))) return;
  store.toast(t("closed_toast", { Name: store.conversations.peek().get(conversation)?.contact?.name ?? "" }));
  if (andNext) step(1);
}

export function recall(m) {
  if (m.text) again.keep(m.id, m.text);
  return tried(act("recall", { message: m.id }));
}

// mayPutOff says who may put a conversation off, or bring it back: who serves it, or
// who may take it over.
export const mayPutOff = (c) => !!c?.assignee && c.status !== "closed" && store.may("conversations.reply") && (store.mine(c) || store.may("conversations.take_over"));

// putOff throws what the server refuses. until is a moment in ms, or nothing: until
// the customer writes.
export const putOff = (c, until) => put(`conversations/${c.id}/later`, until ? { until: new Date(until).toISOString() } : {});

export const wake = (c) => tried(remove(`conversations/${c.id}/later`));

export const setUnread = (c, unread) => put(`conversations/${c.id}/unread`, { unread });

// markUnread leaves the thread first: what stays on the screen is read, and what is
// read while this is on its way would undo it.
export async function markUnread(c) {
  const open = store.selected.peek() === c.id;
  if (open) leave();
  if (!(await tried(setUnread(c, true))) && open && !store.selected.peek()) await select(c.id);
}
