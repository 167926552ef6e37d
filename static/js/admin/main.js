// The shell of the admin console: the menu of a phone, the theme, the question
// before an act, what is copied, and a warning before typed words are lost.

import { ask } from "./ask.js";
import { copy } from "../lib/copy.js";
import { showMoments } from "../lib/when.js";
import { words } from "../lib/words.js";

const root = document.documentElement;
const t = await words("admin");

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

showMoments();
document.addEventListener("htmx:after:swap", () => showMoments());

// The menu of a phone.
const menu = document.querySelector(".ad-bar [data-menu]");
function openMenu(open) {
  document.body.classList.toggle("ad-open", open);
  menu.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector(".ad-nav a")?.focus();
  else menu.focus();
}
on("click", "[data-menu]", () => openMenu(!document.body.classList.contains("ad-open")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("ad-open")) openMenu(false);
});

// The theme: shown at once, kept with the person.
const theme = document.querySelector("[data-theme-switch]");
theme.hidden = false;
theme.addEventListener("click", () => {
  const next = root.dataset.theme === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  root.dataset.themeSet = "fixed";
  fetch("/api/xiaoer/desk/preferences", {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ theme: next }),
  });
});

// The search over everything: what is found lies under the field.
const field = document.querySelector("[data-find]");
const found = document.getElementById("found");
const close = () => (found.hidden = true);
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement === field) found.hidden = field.value.trim() === "";
});
field.addEventListener("input", () => field.value.trim() === "" && close());
document.addEventListener("click", (event) => !event.target.closest(".ad-find") && close());
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if ((event.key === "/" && !typing) || (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey))) {
    event.preventDefault();
    field.focus();
    field.select();
  }
  if (!event.target.closest(".ad-find") || found.hidden) return;
  const links = [...found.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.key === "Escape") close();
  else if (event.key === "ArrowDown") links[at + 1]?.focus();
  else if (event.key === "ArrowUp") (links[at - 1] ?? field).focus();
  else if (event.key === "Enter" && event.target === field && links.length) links[0].click();
  else return;
  event.preventDefault();
});

// The question before an act.
let asking = null;
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!form.dataset.ask || form === asking) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask(form))) return;
    asking = form;
    form.requestSubmit();
    asking = null;
  },
  true,
);
dispatchEvent(new Event("asks")); // what was pressed before, see early.js

// What is copied says so for a moment.
on("click", "[data-copy]", async (button) => {
  const from = button.dataset.copy ? document.querySelector(button.dataset.copy) : null;
  const text = from ? (from.value ?? from.textContent) : button.dataset.copyText;
  await copy(text);
  const label = button.querySelector("[data-label]") ?? button;
  const before = label.textContent;
  label.textContent = t("copied");
  setTimeout(() => (label.textContent = before), 1500);
});

on("click", "[data-dismiss]", (button) => button.parentElement.remove());
on("click", "[data-print]", () => print());

// Typed words are not lost by a wrong click.
let dirty = null;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form");
  if (form && form.dataset.clean === undefined) dirty = form;
});
document.addEventListener("submit", () => (dirty = null));
addEventListener("beforeunload", (event) => {
  if (dirty?.isConnected) event.preventDefault();
});

// A request that met no server leaves everything as it is, and says so.
function problem(text) {
  const place = document.getElementById("problem");
  const note = document.createElement("p");
  note.className = "pg-alert";
  note.role = "alert";
  note.textContent = text;
  place.replaceChildren(note);
  place.scrollIntoView({ block: "nearest" });
}
document.addEventListener("htmx:error", () => problem(t("no_answer")));
document.addEventListener("htmx:before:request", () => document.getElementById("problem").replaceChildren());
// After a form came back: to the first field that is wrong.
document.addEventListener("htmx:after:swap", () => {
  const wrong = document.querySelector("form [aria-invalid=true], .ad-conflict");
  if (wrong) {
    wrong.scrollIntoView({ block: "center" });
    wrong.focus?.();
  }
});
