import { h } from "../lib/dom.js";

const all = [
  ..."😀😄😁😂🤣😊😍😘😋😎🤔😅😭😢😡😱🥺😴🙄😏😳🤗🤝👍👎👌✌️🙏👏💪👋🙌❤️💔🌹🎁🎉🔥💯✅❌❓❗⭐☀️🌙☕🍎🍯🥚🍵📦🚚💰🧧📷📱🏠⏰🐶🐱🐻🐰".matchAll(
    /\p{Extended_Pictographic}\uFE0F?/gu,
  ),
].map(([one]) => one);

/** A grid of emoji; the arrow keys walk in it. */
export function picker(t, choose) {
  const grid = h("div.vc-emoji", { role: "group", "aria-label": t("emoji") });
  for (const one of all) grid.append(h("button", { type: "button", "aria-label": one, onclick: () => choose(one) }, one));
  grid.addEventListener("keydown", (event) => {
    const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (!step) return;
    event.preventDefault();
    grid.children[[...grid.children].indexOf(document.activeElement) + step]?.focus();
  });
  return grid;
}
