// A channel's form: its questions can be added, moved and taken away, and the
// visitor's page in the frame beside it shows what is typed.

import { colours } from "../lib/colours.js";

// The form is exchanged when it comes back with errors: everything is found anew.
const form = () => document.getElementById("form");
const list = () => form().querySelector(".ch-entries");
const items = () => [...list().children];
const there = (item) => !item.classList.contains("gone");

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

function changed() {
  form().dispatchEvent(new Event("input", { bubbles: true }));
}

// Adding: a new one has an id of its own, so that no press of a button that
// visitors still see can mean another question.
const newID = () => "q" + Array.from(crypto.getRandomValues(new Uint8Array(6)), (n) => n.toString(36).padStart(2, "0")).join("");

on("click", "[data-entry-add]", () => {
  const section = form().querySelector("[data-entries]");
  if (items().filter(there).length >= Number(section.dataset.most)) return;
  const item = section.querySelector("template").content.firstElementChild.cloneNode(true);
  const id = newID();
  for (const field of item.querySelectorAll("[name]")) field.name = field.name.replace("_new_", id);
  item.querySelector("[name=entry]").value = id;
  list().append(item);
  item.querySelector(".txt").focus();
  full();
  changed();
});

function full() {
  const section = form().querySelector("[data-entries]");
  section.querySelector("[data-entry-add]").disabled = items().filter(there).length >= Number(section.dataset.most);
}

// Removing: its fields are not sent any more, and stay to be taken back.
function drop(item, gone) {
  item.classList.toggle("gone", gone);
  for (const field of item.querySelectorAll("input, textarea, select")) field.disabled = gone;
  item.querySelector(".ch-removed").hidden = !gone;
  item.querySelector(gone ? "[data-entry-back]" : ".txt").focus();
  full();
  changed();
}
on("click", "[data-entry-remove]", (button) => drop(button.closest("[data-entry]"), true));
on("click", "[data-entry-back]", (button) => drop(button.closest("[data-entry]"), false));

// Moving, by the buttons.
on("click", "[data-entry-move]", (button) => {
  const item = button.closest("[data-entry]");
  const other = button.dataset.entryMove === "up" ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (button.dataset.entryMove === "up") other.before(item);
  else other.after(item);
  button.focus();
  tell(item);
  changed();
});

function tell(item) {
  const section = form().querySelector("[data-entries]");
  section.querySelector("[data-said]").textContent = `${section.dataset.moved} ${items().indexOf(item) + 1} / ${items().length}`;
}

// Moving, by the handle: the pointer is followed until it is let go.
on("pointerdown", "[data-entry-grip]", (grip, event) => {
  const item = grip.closest("[data-entry]");
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  item.classList.add("dragged");
  const move = ({ clientY }) => {
    for (const other of items()) {
      if (other === item) continue;
      const { top, height } = other.getBoundingClientRect();
      const above = items().indexOf(other) < items().indexOf(item);
      if (above && clientY < top + height / 2) return other.before(item);
      if (!above && clientY > top + height / 2) other.after(item);
    }
  };
  const end = () => {
    grip.removeEventListener("pointermove", move);
    item.classList.remove("dragged");
    tell(item);
    changed();
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("lostpointercapture", end, { once: true });
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
  const entries = items().filter(there).filter((item) => {
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
      theme: stage.dataset.theme,
      entries: entries.map((item) => item.querySelector(".txt").value.trim()).filter(Boolean),
    },
    location.origin,
  );
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
  full();
}
document.addEventListener("htmx:after:swap", begin);
begin();
