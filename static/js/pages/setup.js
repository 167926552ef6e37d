// The set-up page shows what the visitors will see while it is filled in.

import { colours } from "../lib/colours.js";
import "./password.js";

const preview = document.querySelector("[data-preview]");

// Text on the brand colour: white, unless the colour is too light for it.
function onBrand(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.4 ? "#161a22" : "#fff";
}

function paint(hex) {
  preview.style.setProperty("--brand", hex);
  preview.style.setProperty("--on-brand", onBrand(hex));
}

colours(document.querySelector("[data-colours]"), paint);

for (const name of ["shop", "nickname"]) {
  const input = document.getElementById(name);
  const places = preview.querySelectorAll(`[data-from=${name}]`);
  const empty = places[0].textContent;
  const show = () => {
    for (const place of places) place.textContent = input.value.trim() || empty;
  };
  input.addEventListener("input", show);
  show();
}
