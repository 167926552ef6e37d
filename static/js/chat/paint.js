import { tones } from "../lib/colour.js";

const root = document.getElementById("chat");

/** The shop's colour, in tones on which everything stays readable. Set by script: the policy allows no inline styles. */
export function paint(colour) {
  if (colour) root.dataset.colour = colour;
  const set = () => {
    const found = tones(root.dataset.colour, document.documentElement.dataset.theme === "dark");
    if (!found) return;
    for (const [name, value] of [["brand", found.brand], ["brand-2", found.brand2], ["brand-soft", found.soft], ["brand-text", found.text]]) {
      root.style.setProperty(`--${name}`, value);
      document.documentElement.style.setProperty(`--${name}`, value);
    }
  };
  set();
  if (paint.watching) return;
  paint.watching = true;
  new MutationObserver(set).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
}
