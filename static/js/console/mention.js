// Colleagues under "@" in a note: those who may see the conversation, found by
// name, pinyin or initials. They are told.
import { html, signal, useEffect, useRef } from "../vendor/preact-11.2.0.js";
import { Avatar } from "./parts.js";
import { get } from "./api.js";
import { match } from "./pinyin.js";
import * as store from "./store.js";
import { t } from "./words.js";

const able = signal(new Map()); // conversation → ids of who may be named there

// learn asks who may be named; it is asked again each time that somebody is.
export async function learn(conversation) {
  try {
    store.setIn(able, conversation, new Set((await get(`conversations/${conversation}/mentionable`)).staff));
  } catch {
    // the server has the last word when the note is sent
  }
}

// others may be named there, as far as that is known.
const others = (c) => store.desk.value.colleagues.filter((p) => p.id !== store.you.value.id && (able.value.get(c.id)?.has(p.id) ?? true));

const there = { online: 2, break: 1 };

// find is who fits, those who are there first: [{person, at}].
export const find = ({ word, c }) => (able.value.has(c.id) ? others(c) : []).map((person) => ({ person, at: match(person.name, word) })).filter(({ at }) => at || !word)
  .sort((a, b) => (a.at?.[0] ?? 0) - (b.at?.[0] ?? 0) || (there[b.person.presence] ?? 0) - (there[a.person.presence] ?? 0));

// named are the ids of the colleagues whom a note names, the longer name first: a
// “@小张三” does not name 小张.
export function named(text, c) {
  let rest = text;
  const ids = [];
  for (const person of others(c).sort((a, b) => b.name.length - a.name.length)) {
    if (!rest.includes("@" + person.name)) continue;
    ids.push(person.id);
    rest = rest.replaceAll("@" + person.name, " ");
  }
  return ids;
}

export function Popup({ open, list, onPick, onPoint }) {
  const ref = useRef();
  useEffect(() => { ref.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }); }, [open.at]);
  if (!list.length) return null;
  return html`<div class="slash mention pop open"><ul role="listbox" id="suggested" aria-label=${t("colleagues")} ref=${ref}>${list.map(({ person: p, at }, i) => html`
    <li role="option" id=${"suggested-" + i} key=${p.id} aria-selected=${i === open.at} onMouseMove=${() => i !== open.at && onPoint(i)} onMouseDown=${(e) => { e.preventDefault(); onPick({ person: p }); }}>
      <${Avatar} who=${p} size="xs" /><b class="trunc">${at ? html`${p.name.slice(0, at[0])}<mark>${p.name.slice(...at)}</mark>${p.name.slice(at[1])}` : p.name}</b><small>${t("presence_" + p.presence)}</small></li>`)}</ul></div>`;
}
