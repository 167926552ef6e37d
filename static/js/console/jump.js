// Going to one entry of a thread, wherever it stands: the thread loads and shows
// what is around it, see thread.js.
import { signal } from "../vendor/preact-11.2.0.js";
import * as store from "./store.js";

export const jump = signal(null); // {contact, id}: the entry that is to be shown

// toEntry shows an entry in the thread of a conversation.
export function toEntry(conversation, id) {
  const contact = store.conversations.peek().get(conversation)?.contact?.id;
  if (contact) jump.value = { contact, id };
}
