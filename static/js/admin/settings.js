// The shop's settings: any colour.

import { colours } from "../lib/colours.js";

const begin = () => {
  const field = document.querySelector("[data-colours]");
  if (field) colours(field, () => {});
};
document.addEventListener("htmx:after:swap", begin);
begin();
