// One act on many conversations: a few at a time, how far it is, and by name which
// of them it was refused for.
import { signal } from "../vendor/preact-11.2.0.js";
import * as store from "./store.js";
import { t } from "./words.js";

const abreast = 3;

// work is what goes on, or went on: {did, of, done, refused: [{c, why}]}.
export const work = signal(null);

export const running = () => !!work.value && work.value.done < work.value.of;

// each acts on every one of list. What was done is chosen no longer; what was refused
// stays chosen, to be looked at. did names what was done, in the list's words.
export async function each(list, act, did) {
  if (running()) return;
  const left = list.slice();
  work.value = { did, of: list.length, done: 0, refused: [] };
  const worker = async () => {
    for (let c = left.shift(); c; c = left.shift()) {
      let why;
      try {
        await act(c);
      } catch (e) {
        why = e.message || t("not_done");
      }
      const { done, refused } = work.value;
      work.value = { ...work.value, done: done + 1, refused: why ? [...refused, { c, why }] : refused };
      if (!why) store.drop(c.id);
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
}

export const forget = () => { work.value = null; };
