// The shop's settings: any colour, and the standard of a limit.

import { colours } from "../lib/colours.js";

document.addEventListener("click", (event) => {
  const one = event.target.closest("[data-standard]");
  const all = event.target.closest("[data-standard-all]");
  if (!one && !all) return;
  for (const button of one ? [one] : document.querySelectorAll("[data-standard]")) {
    const input = document.getElementById(button.dataset.for);
    input.value = button.dataset.standard;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

const begin = () => {
  const field = document.querySelector("[data-colours]");
  if (field) colours(field, () => {});
};
document.addEventListener("htmx:after:swap", begin);
begin();
