// What opens over the composer while one types: quick replies after "/" in a
// reply, colleagues after "@" in a note. Both are fetched when somebody begins to
// write, with the readings by which they are found.
import { signal } from "../vendor/preact-11.2.0.js";
import { learn } from "./pinyin.js";

const kinds = {
  "/": { mode: "reply", typed: /(?:^|\s)\/([^\s/]{0,20})$/, load: () => import("./slash.js") },
  "@": { mode: "note", typed: /(?:^|[^\w@])@([^\s@]{0,20})$/, load: () => import("./mention.js") },
};

// parts are the modules that are here: {find, Popup, next?}, by their sign.
export const parts = signal({});

export function warm() {
  for (const [sign, { load }] of Object.entries(kinds)) {
    load().then((part) => { if (!parts.peek()[sign]) parts.value = { ...parts.peek(), [sign]: part }; }, () => {}); // asked again with the next word
  }
  learn();
  for (const load of [() => import("./blanks.js"), () => import("./unsent_list.js")]) load().catch(() => {}); // once the line is down they are not to be had
}

// sense is what is being asked for before the caret: {sign, from, word}, or null.
export function sense(text, caret, mode) {
  for (const [sign, kind] of Object.entries(kinds)) {
    const hit = kind.mode === mode && kind.typed.exec(text.slice(0, caret));
    if (hit) return { sign, from: caret - hit[1].length - 1, word: hit[1] };
  }
  return null;
}
