// Finding Chinese words with the letters of a keyboard: by the characters
// themselves, by their full pinyin, by its initials, or mixed: 退款 is found by
// 退款, tuikuan, tk, tuik and 退k. A character with several readings is found by
// each. The readings come from the server, of the characters that occur here, when
// somebody first searches; until then characters and codes are found.
import { signal } from "../vendor/preact-11.2.0.js";
import { get } from "./api.js";
import * as store from "./store.js";

const readings = signal(new Map()); // character → its syllables
let asked = null; // the desk that they were asked for

// learn fetches the readings, once for each state of the desk.
export async function learn() {
  const desk = store.desk.peek();
  const now = `${desk.quick_replies.length} ${desk.colleagues.length} ${desk.quick_replies.at(-1)?.id}`;
  if (asked === now) return;
  asked = now;
  try {
    const { readings: all } = await get("desk/readings");
    readings.value = new Map(Object.entries(all).map(([character, list]) => [character, list.split(" ")]));
  } catch {
    asked = null; // the next search asks again
  }
}

const passed = /[\s\p{P}\p{S}]/u; // what stands between words and is not typed

// match finds a word in a text: [from, to) in it, or null. full asks for whole
// syllables, since in long texts initials would be found everywhere.
export function match(text, word, full = false) {
  const wanted = word.toLowerCase();
  if (!wanted || !text) return null;
  const lower = text.toLowerCase();
  const literal = lower.indexOf(wanted);
  if (literal >= 0) return [literal, literal + wanted.length];
  if (!/[a-z]/.test(wanted)) return null;
  const known = readings.value;
  const first = wanted[0];
  for (let from = 0; from < lower.length; from++) {
    // Most characters begin with another letter: five hundred replies are looked through with each key.
    if (lower[from] !== first && !known.get(lower[from])?.some((syllable) => syllable[0] === first)) continue;
    const to = reach(lower, from, wanted, known, full);
    if (to) return [from, to];
  }
  return null;
}

// reach is where the word ends that begins at a character, or 0.
function reach(text, at, wanted, known, full) {
  if (!wanted) return at;
  if (at >= text.length) return 0;
  const character = text[at];
  if (character === wanted[0]) {
    const to = reach(text, at + 1, wanted.slice(1), known, full);
    if (to) return to;
  }
  for (const syllable of known.get(character) ?? []) {
    for (const part of parts(syllable, wanted, full)) {
      const to = reach(text, at + 1, wanted.slice(part), known, full);
      if (to) return to;
    }
  }
  return passed.test(character) ? reach(text, at + 1, wanted, known, full) : 0;
}

// parts are how much of the wanted letters a syllable may stand for: all of it, its
// beginning where the letters end there, its initial.
function parts(syllable, wanted, full) {
  if (wanted.startsWith(syllable)) return full ? [syllable.length] : [syllable.length, ...initials(syllable)];
  if (syllable.startsWith(wanted)) return [wanted.length];
  return full ? [] : initials(syllable).filter((n) => wanted.startsWith(syllable.slice(0, n)));
}

const initials = (syllable) => (/^[zcs]h/.test(syllable) ? [2, 1] : [1]);
