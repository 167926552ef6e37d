// A small set of emoji, the ones that shops use.
import { html, useEffect, useRef } from "../vendor/preact-11.2.0.js";
import { t } from "./words.js";

const all = [..."😀😄😊🙂😉😍🥰😘😋🤗🤔😅😂🤣😭😢😔😞😳😱😡😴🤒😎🥳🙏👍👎👌👏🙌💪🤝👋✌👀❤💔💕🌹🎁🎉✨🔥⭐💯✅❌❗❓💰🧧📦🚚📷📞⏰🌞🌧🍎🍵🍯🎂🐱🐶"];
const across = 10;

export function Emoji({ onPick, onClose }) {
  const ref = useRef();
  useEffect(() => {
    const before = document.activeElement;
    ref.current.querySelector("button").focus();
    const outside = (e) => !ref.current.parentElement.contains(e.target) && onClose();
    document.addEventListener("pointerdown", outside);
    return () => { document.removeEventListener("pointerdown", outside); if (ref.current?.contains(document.activeElement)) before?.focus?.(); };
  }, []);
  const keys = (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[e.key];
    if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); onClose(); }
    if (!step) return;
    e.preventDefault();
    const items = [...ref.current.querySelectorAll("button")];
    items[Math.min(items.length - 1, Math.max(0, items.indexOf(document.activeElement) + step))].focus();
  };
  return html`<div class="emoji pop" role="group" aria-label=${t("emoji")} ref=${ref} onKeyDown=${keys}>
    ${all.map((x) => html`<button type="button" key=${x} onClick=${() => onPick(x)}>${x}</button>`)}
  </div>`;
}
