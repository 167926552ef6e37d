// A channel's form: the visitor's page in the frame beside it shows what is typed.

import { colours } from "../lib/colours.js";
import { kept } from "../lib/rows.js";

// The form is exchanged when it comes back with errors: everything is found anew.
const form = () => document.getElementById("form");

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

// The preview.
const preview = document.querySelector("[data-preview]");
const frame = preview.querySelector("iframe");
const launch = preview.querySelector("[data-preview-open]");
const stage = preview.querySelector(".ch-stage");
const kind = preview.querySelector("[data-preview-kind]");
let colour = "";
let ready = false;

function show() {
  launch.style.background = colour;
  if (!ready) return;
  const value = (name) => form().elements.namedItem(name)?.value.trim() ?? "";
  const entries = kept(form().querySelector("[data-entries]")).filter((item) => {
    const kinds = [...item.querySelectorAll(".ch-kinds input")].filter((box) => box.checked).map((box) => box.value);
    return !kinds.length || kinds.includes(kind.value);
  });
  frame.contentWindow.postMessage(
    {
      xiaoer: "preview",
      name: value("name"),
      greeting: value("greeting"),
      colour,
      open: true,
      typing: form().elements.namedItem("typing_preview")?.checked === true,
      theme: stage.dataset.theme,
      entries: entries.map((item) => ({ text: item.querySelector(".txt").value.trim(), form: fields(item) })).filter((entry) => entry.text),
    },
    location.origin,
  );
}

// The form of a question, as the visitor's page is told of it.
function fields(item) {
  return kept(item.querySelector("[data-fields]"))
    .map((row) => {
      const part = (name) => row.querySelector(`[name^="field_${name}:"]`);
      const choices = part("choices").value.split("\n").map((line) => line.trim()).filter(Boolean);
      return { name: row.querySelector("input").value, label: part("label").value.trim(), kind: part("kind").value, optional: part("optional").checked, choices };
    })
    .filter((field) => field.label);
}

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== frame.contentWindow || data?.xiaoer !== "preview") return;
  ready = true;
  show();
});
document.addEventListener("input", (event) => event.target.closest("#form") && show());
document.addEventListener("change", (event) => event.target.closest("#form") && show());
kind.addEventListener("change", show);
launch.addEventListener("click", () => launch.setAttribute("aria-expanded", String(stage.classList.toggle("shut") === false)));
on("click", "[data-preview-theme]", (button) => {
  for (const one of preview.querySelectorAll("[data-preview-theme]")) one.setAttribute("aria-pressed", String(one === button));
  stage.dataset.theme = button.dataset.previewTheme;
  show();
});

function begin() {
  if (!form()?.querySelector("[data-entries]")) return; // the channel was made
  colours(form().querySelector("[data-colours]"), (hex) => {
    colour = hex;
    show();
  });
}
document.addEventListener("htmx:after:swap", begin);
begin();
