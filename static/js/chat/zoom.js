import { h, icon } from "../lib/dom.js";

/** Shows a picture as large as the window lets it; a second touch shows it at twice that, to be moved around in. */
export function zoom(img, t) {
  const before = document.activeElement;
  const big = h("img", { src: img.src, alt: img.alt });
  const shut = h("button.vc-ib", { type: "button", "aria-label": t("close") }, icon("x"));
  const frame = h("div.vc-zoom-in", null, big);
  const layer = h("div.vc-zoom", { role: "dialog", "aria-modal": "true", "aria-label": img.alt }, frame, shut);
  const close = () => {
    layer.remove();
    removeEventListener("keydown", keys, true);
    before?.focus();
  };
  const keys = (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Tab") shut.focus(); // there is nothing else
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("keydown", keys, true);
  shut.addEventListener("click", close);
  frame.addEventListener("click", (event) => (event.target === big ? layer.classList.toggle("large") : close()));
  document.querySelector("main").append(layer);
  shut.focus();
}
