// The field for a week of open hours: spans are added and removed, a day is
// copied to the other working days; dates that are closed, or worked in their own
// hours, become a list, one by one or a whole year's at once.

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
  if (span.parentElement.querySelectorAll(".hr-span").length > 1) span.remove();
  else if (span.closest(".hr-day")) span.closest(".hr-day").querySelector("[type=checkbox]").checked = false;
  else span.closest("li").remove();
  touched(field);
});

on("[data-hours-drop]", (button, field) => {
  button.closest("li").remove();
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

const { lang } = document.documentElement;
const weekday = (date) => new Intl.DateTimeFormat(lang, { weekday: lang === "en" ? "long" : "short", timeZone: "UTC" }).format(new Date(date));

// put adds a date in its place, unless it is there: [first, last] closed, or one that is worked.
function put(field, kind, value, text, times) {
  const list = field.querySelector(".hr-dates");
  const valueOf = (row) => row.querySelector("input").value;
  if ([...list.children].some((row) => valueOf(row) === value)) return false;
  const row = field.querySelector(`[data-hours-row=${kind}]`).content.firstElementChild.cloneNode(true);
  row.querySelector("input").value = value;
  row.querySelector(".hr-when").textContent = text;
  const spans = row.querySelector(".hr-spans");
  if (spans) {
    spans.setAttribute("aria-label", text);
    for (const input of spans.querySelectorAll("input")) input.name = input.name.replace("_date_", value);
    const model = spans.querySelector(".hr-span");
    for (const [from, to] of times) {
      const span = model.cloneNode(true);
      const inputs = span.querySelectorAll("input");
      [inputs[0].value, inputs[1].value] = [from, to];
      mark(span);
      model.before(span);
    }
    model.remove();
  }
  list.insertBefore(row, [...list.children].find((other) => valueOf(other) > value) ?? null);
  return true;
}

const close = (field, [first, last]) =>
  put(field, "closed", `${first}/${last}`, first === last ? first : `${first} – ${last.startsWith(first.slice(0, 5)) ? last.slice(5) : last}`);

// work adds a date that is worked: like the first day of the week that is, where no times are said.
function work(field, date, times) {
  return put(field, "own", date, `${date} ${weekday(date)}`, times ?? usual(field));
}

function usual(field) {
  const day = field.querySelector("[value=week]").checked && [...field.querySelectorAll(".hr-day")].find((one) => one.querySelector("[type=checkbox]").checked);
  if (!day) return [["09:00", "18:00"]];
  return [...day.querySelectorAll(".hr-span")].map((span) => [...span.querySelectorAll("input")].map((input) => input.value));
}

on("[data-hours-date]", async (button, field) => {
  const { holidays } = await import("./holidays.js");
  const [from, to] = button.parentElement.querySelectorAll("input");
  if (!from.value) return from.focus();
  const last = to.value && to.value > from.value ? to.value : from.value;
  if (button.parentElement.querySelector("select").value === "closed") close(field, [from.value, last]);
  else for (const { date } of holidays(`${from.value} – ${last} work`, 0).own) work(field, date);
  from.value = to.value = "";
  touched(field);
});

on("[data-hours-read]", async (button, field) => {
  const { holidays } = await import("./holidays.js");
  const text = field.querySelector("[data-hours-notice]");
  const said = field.querySelector("[data-hours-found]");
  const found = holidays(text.value, Number(field.querySelector("[data-hours-year]").value));
  const closed = found.closed.filter((span) => close(field, span)).length;
  const own = found.own.filter(({ date, from, to }) => work(field, date, from && [[from, to]])).length;
  if (!closed && !own) {
    said.textContent = said.dataset.none;
    return;
  }
  said.textContent = said.dataset.some.replace("{closed}", closed).replace("{own}", own);
  text.value = "";
  touched(field);
});
