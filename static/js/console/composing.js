// What the composer holds beside its text, and the ways in which other parts put
// something into it.
import { signal } from "../vendor/preact-11.2.0.js";
import { selected, setIn } from "./store.js";
import { draftOf, turn, write } from "./drafts.js";

export const quotes = signal(new Map()); // conversation → the message that is answered
export const trays = signal(new Map()); // conversation → files to be sent: {key, file, url, width, height}
export const put = signal(null); // {conversation, at, to, typed}: where the caret goes once the text is there; typed: as if it had been typed
export const picked = signal(null); // {conversation, reply}: a quick reply chosen outside, for the composer to take over

export const area = () => document.getElementById("composer-text");
export const focus = () => area()?.focus({ preventScroll: true });

// ready puts the caret where one will write, once the thread is drawn; not on a
// touch screen, where a keyboard would cover what is to be read.
export const ready = () => setTimeout(() => !matchMedia("(pointer: coarse)").matches && focus());

// begin opens the reply or the note of a conversation, with the words that it has.
export function begin(conversation, mode) {
  turn(conversation, mode);
  ready();
}

// insert puts text at the caret of the reply or the note, which is opened for it;
// without mode into what is open.
export function insert(text, mode = draftOf(selected.peek()).mode) {
  const conversation = selected.peek();
  const draft = draftOf(conversation);
  const el = draft.mode === mode ? area() : null;
  const old = draft[mode];
  const from = el?.selectionStart ?? old.length;
  const to = el?.selectionEnd ?? old.length;
  set(conversation, old.slice(0, from) + text + old.slice(to), mode, from + text.length);
}

// set replaces the whole text, with the caret at a place or a range selected.
export function set(conversation, text, mode, at = text.length, to = at) {
  write(conversation, text, mode);
  put.value = { conversation, at, to };
}

// slash begins a quick reply.
export function slash() {
  const text = draftOf(selected.peek()).reply;
  set(selected.peek(), text && !/\s$/.test(text) ? `${text} /` : `${text}/`, "reply");
  put.value = { ...put.value, typed: true };
}

export function quote(message) {
  setIn(quotes, selected.peek(), message);
  turn(selected.peek(), "reply");
  focus();
}
