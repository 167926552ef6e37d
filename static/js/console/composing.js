// What the composer holds beside its text, and the ways in which other parts put
// something into it.
import { signal } from "../vendor/preact-11.2.0.js";
import { setIn } from "./store.js";
import { draftOf, write } from "./drafts.js";

export const quotes = signal(new Map()); // conversation → the message that is answered
export const trays = signal(new Map()); // conversation → files to be sent: {key, file, url, width, height}
export const put = signal(null); // {conversation, text, at}: text set from outside, for the textarea to take over

export const area = () => document.getElementById("composer-text");
export const focus = () => area()?.focus();

// insert puts text at the caret of the conversation's composer.
export function insert(conversation, text) {
  const { text: old, mode } = draftOf(conversation);
  const el = area();
  const from = el?.selectionStart ?? old.length;
  const to = el?.selectionEnd ?? old.length;
  set(conversation, old.slice(0, from) + text + old.slice(to), mode, from + text.length);
}

// set replaces the whole text, with the caret at a place or a range selected.
export function set(conversation, text, mode, at = text.length, to = at) {
  write(conversation, text, mode);
  put.value = { conversation, text, at, to };
}

export function quote(message) {
  setIn(quotes, message.conversation, message);
  focus();
}
