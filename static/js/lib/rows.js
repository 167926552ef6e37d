// Lists of a form whose rows can be added, moved and taken away: a [data-rows]
// holds them as an ordered list of [data-row], and a template of one that has
// _new_ in its names. What is taken away is not sent any more, and stays to be
// taken back until the form is saved. A row can hold such a list itself: its
// data-new then names what stands for a new row of its own.

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

const sectionOf = (part) => part.closest("[data-rows]");
const rowOf = (part) => part.closest("[data-row]");
const rows = (section) => [...section.querySelector("ol").children];

// The first of a list's, or of a row's, own parts: not those of a list within.
const partOf = (section, selector) => [...section.querySelectorAll(selector)].find((part) => sectionOf(part) === section);
const ofRow = (row, selector) => [...row.querySelectorAll(selector)].find((part) => rowOf(part) === row);

// kept are the rows of a list that are still there.
export const kept = (section) => rows(section).filter((row) => !row.classList.contains("gone"));

const changed = (section) => section.closest("form").dispatchEvent(new Event("input", { bubbles: true }));

// full closes the lists that have as many rows as they may.
export function full(root = document) {
  for (const section of root.querySelectorAll("[data-rows]")) {
    partOf(section, "[data-row-add]").disabled = kept(section).length >= Number(section.dataset.most);
  }
}

// A new row has an id of its own, so that it is never taken for another one.
const newID = () => "r" + Array.from(crypto.getRandomValues(new Uint8Array(6)), (n) => n.toString(36).padStart(2, "0")).join("");

// rename gives a new row its id, in the templates within as well.
function rename(part, from, to) {
  for (const field of part.querySelectorAll("[name]")) {
    field.name = field.name.replace(from, to);
    if (field.value === from) field.value = to;
  }
  for (const template of part.querySelectorAll("template")) rename(template.content, from, to);
}

on("click", "[data-row-add]", (button) => {
  const section = sectionOf(button);
  if (kept(section).length >= Number(section.dataset.most)) return;
  const row = partOf(section, "template").content.firstElementChild.cloneNode(true);
  rename(row, section.dataset.new ?? "_new_", newID());
  section.querySelector("ol").append(row);
  row.querySelector("input:not([type=hidden]), select").focus();
  full();
  changed(section);
});

function drop(row, gone) {
  const section = sectionOf(row);
  row.classList.toggle("gone", gone);
  for (const field of row.querySelectorAll("input, textarea, select")) field.disabled = !!field.closest(".gone");
  ofRow(row, ".ad-item-gone").hidden = !gone;
  ofRow(row, gone ? "[data-row-back]" : "input:not([type=hidden]), select").focus();
  full();
  changed(section);
}
on("click", "[data-row-remove]", (button) => drop(rowOf(button), true));
on("click", "[data-row-back]", (button) => drop(rowOf(button), false));

on("click", "[data-row-move]", (button) => {
  const row = rowOf(button);
  const up = button.dataset.rowMove === "up";
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (up) other.before(row);
  else other.after(row);
  button.focus();
  tell(row);
});

function tell(row) {
  const section = sectionOf(row);
  const all = rows(section);
  partOf(section, "[data-said]").textContent = `${section.dataset.moved} ${all.indexOf(row) + 1} / ${all.length}`;
  changed(section);
}

// By the handle, the pointer is followed until it is let go.
on("pointerdown", "[data-row-grip]", (grip, event) => {
  const row = rowOf(grip);
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  row.classList.add("dragged");
  const move = ({ clientY }) => {
    const all = rows(sectionOf(row));
    for (const other of all) {
      if (other === row) continue;
      const { top, height } = other.getBoundingClientRect();
      const above = all.indexOf(other) < all.indexOf(row);
      if (above && clientY < top + height / 2) return other.before(row);
      if (!above && clientY > top + height / 2) other.after(row);
    }
  };
  const end = () => {
    grip.removeEventListener("pointermove", move);
    row.classList.remove("dragged");
    tell(row);
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("lostpointercapture", end, { once: true });
});

document.addEventListener("htmx:after:swap", () => full());
full();
