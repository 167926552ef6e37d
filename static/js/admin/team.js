// The pages of staff: the preview of how customers see somebody, a sheet that
// was shown once saved as a file, and a button that says what takes long.

import { lastLetter } from "../lib/letter.js";

const preview = () => document.querySelector("[data-preview]");
let picture = "";

function show() {
  const box = preview();
  const field = document.querySelector("[name=nickname]");
  if (!box || !field) return;
  box.style.setProperty("--brand", box.dataset.colour);
  const name = field.value.trim() || field.placeholder;
  for (const place of box.querySelectorAll("[data-name]")) place.textContent = name;
  for (const face of box.querySelectorAll("[data-face]")) {
    const shown = face.querySelector("img");
    if (picture) {
      const image = shown ?? document.createElement("img");
      image.src = picture;
      image.alt = "";
      face.replaceChildren(image);
    } else if (!shown) face.textContent = lastLetter(name);
  }
}

document.addEventListener("input", (event) => {
  if (event.target.name === "nickname") show();
});
document.addEventListener("change", (event) => {
  const said = event.target.closest(".tm-pick")?.querySelector("[data-picked]");
  if (said && event.target.files[0]) said.textContent = event.target.files[0].name;
  if (!event.target.matches("[data-avatar]")) return;
  URL.revokeObjectURL(picture);
  const file = event.target.files[0];
  picture = file ? URL.createObjectURL(file) : "";
  show();
});
document.addEventListener("htmx:after:swap", show);
show();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-download]");
  if (!button) return;
  const text = document.querySelector(button.dataset.download).value;
  const mark = text.startsWith("\ufeff") ? "" : "\ufeff"; // a text area may lose it, and Excel needs it
  const address = URL.createObjectURL(new Blob([mark, text], { type: "text/csv" }));
  Object.assign(document.createElement("a"), { href: address, download: button.dataset.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-busy]");
  if (!form) return;
  const button = form.querySelector("button");
  button.setAttribute("aria-busy", "true");
  button.textContent = form.dataset.busy;
  setTimeout(() => (button.disabled = true));
});
