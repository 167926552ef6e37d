// The field for a week of open hours: spans are added and removed, a day is
// copied to the other working days, closed days become a list.

const mostSpans = 3; // a day, as the server allows

const on = (selector, act) =>
  document.addEventListener("click", (event) => {
    const found = event.target.closest(selector);
    if (found) act(found, found.closest("[data-hours]"));
  });

// touched lets the form know that something was changed.
const touched = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

function mark(span) {
  const [from, to] = span.querySelectorAll("input");
  span.toggleAttribute("data-next", to.value !== "00:00" && to.value <= from.value && to.value !== "");
}

document.addEventListener("input", (event) => {
  const span = event.target.closest(".hr-span");
  if (span) mark(span);
});

on("[data-hours-add]", (button, field) => {
  const spans = button.parentElement;
  const all = spans.querySelectorAll(".hr-span");
  if (all.length >= mostSpans) return;
  const span = all[0].cloneNode(true);
  const [from, to] = span.querySelectorAll("input");
  from.value = to.value = "";
  span.removeAttribute("data-next");
  button.before(span);
  from.focus();
  touched(field);
});

on("[data-hours-remove]", (button, field) => {
  const span = button.closest(".hr-span");
  if (!span) button.closest("li").remove();
  else if (span.parentElement.querySelectorAll(".hr-span").length > 1) span.remove();
  else span.closest(".hr-day").querySelector("[type=checkbox]").checked = false;
  touched(field);
});

// The first day that is open is what the other working days become.
on("[data-hours-copy]", (_, field) => {
  const days = [...field.querySelectorAll(".hr-day")];
  const box = (day) => day.querySelector("[type=checkbox]");
  const model = days.find((day) => box(day).checked) ?? days[0];
  for (const day of days) {
    const n = Number(box(day).value);
    if (day === model || n === 0 || n === 6) continue;
    box(day).checked = true;
    const add = day.querySelector("[data-hours-add]");
    day.querySelectorAll(".hr-span").forEach((span) => span.remove());
    for (const span of model.querySelectorAll(".hr-span")) {
      const copy = span.cloneNode(true);
      copy.querySelectorAll("input").forEach((input, i) => {
        input.name = input.name.replace(/\d$/, n);
        input.value = span.querySelectorAll("input")[i].value;
      });
      add.before(copy);
    }
  }
  touched(field);
});

on("[data-hours-close]", (button, field) => {
  const [from, to] = button.parentElement.querySelectorAll("input");
  if (!from.value) return from.focus();
  const last = to.value && to.value > from.value ? to.value : from.value;
  const item = document.createElement("li");
  const kept = Object.assign(document.createElement("input"), { type: "hidden", name: `${field.dataset.hours}_closed`, value: `${from.value}/${last}` });
  const text = document.createElement("span");
  text.textContent = last === from.value ? last : `${from.value} – ${last.startsWith(from.value.slice(0, 5)) ? last.slice(5) : last}`;
  const remove = Object.assign(document.createElement("button"), { type: "button", className: "ib sm", textContent: "×" });
  remove.setAttribute("aria-label", field.dataset.removes);
  remove.dataset.hoursRemove = "";
  item.append(kept, text, remove);
  field.querySelector(".hr-dates").append(item);
  from.value = to.value = "";
  touched(field);
});
