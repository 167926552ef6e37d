// Emoji that shops use: the ones used last come first, found by their names in
// both languages' letters, moved in with the arrows.
import { html, useLayoutEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { words } from "../lib/words.js";
import { learn, match } from "./pinyin.js";
import * as store from "./store.js";
import { lang, t } from "./words.js";

const all = ("😀😄😁😆😅😂🤣🙂😊😇🥰😍😘😋😜🤗🤭🤔🤫😐😏😌😴🤤😷🤒🤧🥺😢😭😔😞😟😳😱😨😡😤😠😩🥱🤯😎🥳🤩🙄😬" +
  "👍👎👌👏🙌💪🤝🙏👋👆👇👉👈✋🫶💅👀🌹💐🌸🎁🎉🎂🎈✨🔥⭐💯✅❌❗❓💔❤️💕💖🧡💛💚💙💜" +
  "💰💳🧧🛒🛍📦🚚✈📍🏠📞📱💻📷🧾📝📌🔍🔔⏰⏳🌞🌧❄🍎🍵☕🍯🍰🍜🐱🐶🐼🌈").match(/\p{Extended_Pictographic}\ufe0f?/gu);
const across = 8;
const most = across * 2; // of those that were used

const key = () => "xiaoer.emoji." + store.you.peek().id;
const used = () => {
  try {
    return JSON.parse(localStorage.getItem(key())) ?? [];
  } catch {
    return [];
  }
};

function use(x) {
  try {
    localStorage.setItem(key(), JSON.stringify([x, ...used().filter((other) => other !== x)].slice(0, most)));
  } catch {
    // then it does not come first
  }
}

let named = null; // t of the emoji's names, once they are here

export function Emoji({ onPick, onClose }) {
  const ref = useRef();
  const [word, setWord] = useState("");
  const [, drawn] = useState(0);
  const recent = useRef(used()).current;
  useLayoutEffect(() => {
    const back = document.activeElement;
    ref.current.querySelector("input").focus();
    learn();
    if (!named) words("emoji", lang).then((say) => { named = say; drawn(1); }, () => {});
    const outside = (e) => !ref.current.parentElement.contains(e.target) && onClose();
    document.addEventListener("pointerdown", outside);
    return () => { document.removeEventListener("pointerdown", outside); if (ref.current?.contains(document.activeElement)) back?.focus?.(); };
  }, []);
  const name = (x) => named?.(x.replace("\ufe0f", "")) ?? x;
  const label = (x) => name(x).split(" ")[0];
  const found = word ? all.filter((x) => name(x).split(" ").some((one) => match(one, word))) : all;
  const pick = (x) => { use(x); onPick(x); };
  const keys = (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); onClose(); }
    const items = [...ref.current.querySelectorAll(".emoji-g button")];
    const at = items.indexOf(document.activeElement);
    if (e.key === "Enter" && at < 0 && items.length) { e.preventDefault(); return items[0].click(); }
    const step = { ArrowDown: at < 0 ? 1 : across, ArrowUp: -across, ...(at >= 0 && { ArrowRight: 1, ArrowLeft: -1 }) }[e.key];
    if (!step) return;
    e.preventDefault();
    (at + step < 0 ? ref.current.querySelector("input") : items[Math.min(items.length - 1, at + step)])?.focus();
  };
  const grid = (list) => html`<div class="emoji-g">${list.map((x) => html`<button type="button" key=${x} aria-label=${label(x)} title=${label(x)} onClick=${() => pick(x)}>${x}</button>`)}</div>`;
  return html`<div class="emoji pop" role="group" aria-label=${t("emoji")} ref=${ref} onKeyDown=${keys}>
    <input class="txt" type="search" aria-label=${t("emoji_find")} placeholder=${t("emoji_find")} value=${word} onInput=${(e) => setWord(e.target.value)} autocomplete="off" />
    <div class="scroll">${!word && recent.length > 0 && html`<small>${t("emoji_recent")}</small>${grid(recent)}<small>${t("filter_all")}</small>`}
      ${found.length ? grid(found) : html`<p class="none">${t("emoji_none")}</p>`}</div>
  </div>`;
}
