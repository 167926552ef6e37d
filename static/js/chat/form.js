import { h, icon } from "../lib/dom.js";
import { newID } from "../lib/id.js";
import { field } from "./leave.js";

const looks = {
  line: { autocomplete: "off" },
  phone: { type: "tel", autocomplete: "tel" },
  order: { autocomplete: "off", autocapitalize: "off", spellcheck: "false" },
};

/**
 * The form of a question: a card in the thread. What is written outlives a reload, and so does its id: sent twice, it
 * arrives once. It is fetched when somebody presses such a question, since most visitors never do.
 */
export function form(entry, { chat, composer, t, act }) {
  const draft = kept(chat.visit, entry.id);
  const asked = entry.form.map((one) => ask(one, draft.values[one.name] ?? "", t));
  const trouble = h("p.vc-err", { role: "alert", hidden: true });
  const submit = h("button.vc-btn", { type: "submit" }, t("form_send"));
  const back = h("button.vc-btn.plain", { type: "button" }, t("leave_back"));
  const card = h("form.vc-leave", { novalidate: true, "aria-label": entry.text });
  card.append(h("div.vc-leave-h", null, icon("list-check"), h("p", null, h("b", null, entry.text))), ...asked.map((one) => one.label), trouble, h("div.vc-leave-b", null, back, submit));
  const fine = matchMedia("(pointer: fine)").matches;
  const done = () => {
    draft.drop();
    act.fill(null);
    if (fine) composer?.text.focus(); // what had it goes away
  };
  back.addEventListener("click", done);
  card.addEventListener("input", () => draft.keep(Object.fromEntries(asked.map((one) => [one.name, one.value()]))));
  const wrong = (one, words) => {
    one.says(words);
    act.grown();
    return one;
  };
  card.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    for (const one of asked) one.says("");
    const empty = asked.filter((one) => !one.optional && !one.value()).map((one) => wrong(one, t(one.choose ? "form_choose" : "form_missing")));
    if (empty.length) return empty[0].focus();
    submit.disabled = true;
    try {
      const { message } = await chat.visit.call("POST", "/messages", sent(entry, draft.id, asked));
      chat.rate = ""; // whoever asks anew does not want to be asked now
      chat.timeline.acked(message);
      act.sent();
      return done();
    } catch (error) {
      if (error.code === "id_reused") draft.anew(); // the first was stored after all; these are other words
      const at = asked.find((one) => `form.${one.name}` === error.field);
      if (at) wrong(at, error.text).focus();
      else {
        trouble.textContent = error.text || t("leave_failed");
        trouble.hidden = false;
      }
    }
    submit.disabled = false;
  });
  if (chat.pressed) setTimeout(() => begin(card, fine ? asked[0] : null));
  return card;
}

/** Whoever has pressed the question begins at the top. */
function begin(card, first) {
  const thread = card.closest(".vc-thread");
  thread.scrollTop += card.getBoundingClientRect().top - thread.getBoundingClientRect().top - 12;
  first?.focus({ preventScroll: true });
}

/** The message that a form is. The server checks it and writes its words. */
function sent(entry, id, asked) {
  const fields = asked.map((one) => ({ name: one.name, value: one.value() })).filter((one) => one.value);
  return { id, kind: "text", text: entry.text, data: { entry: entry.id, form: { fields } } };
}

function ask({ name, label, kind, optional, choices, most }, value, t) {
  const title = optional ? [label, h("small", null, t("form_optional"))] : label;
  if (kind === "choice") return { name, optional, choose: true, ...choice(title, choices, value, optional) };
  const props = { ...looks[kind], maxlength: most, "aria-required": !optional && "true" };
  const made = field(kind === "text" ? "textarea" : "input", kind === "text" ? { ...props, rows: 3 } : props, title);
  made.input.value = value;
  return { name, optional, ...made, value: () => made.input.value.trim(), focus: () => made.input.focus() };
}

/** A few options as buttons that can be pressed: radio buttons, so that arrow keys and screen readers know them. */
function choice(title, choices, value, optional) {
  const name = `vc-c${newID()}`;
  const error = h("small.vc-err", { id: `${name}-e`, role: "alert", hidden: true });
  const boxes = choices.map((text) => {
    const box = h("input", { type: "radio", name, value: text });
    box.checked = text === value;
    return box;
  });
  const options = boxes.map((box) => h("label", null, box, h("span", null, box.value)));
  const label = h("fieldset.vc-field.vc-choose", { role: "radiogroup", "aria-required": !optional && "true", "aria-describedby": `${name}-e` }, h("legend", null, title), h("div", null, options), error);
  const says = (words) => {
    error.textContent = words;
    error.hidden = !words;
    label.classList.toggle("bad", !!words);
  };
  return { label, says, value: () => boxes.find((box) => box.checked)?.value ?? "", focus: () => (boxes.find((box) => box.checked) ?? boxes[0]).focus() };
}

/** What has been written in a question's form and not been sent yet. */
function kept(visit, entry) {
  const { items } = visit;
  const place = visit.key(`form.${entry}`);
  let draft = {};
  try {
    draft = JSON.parse(items.getItem(place)) ?? {};
  } catch {
    // nothing that can be read
  }
  const store = () => {
    try {
      items.setItem(place, JSON.stringify(draft));
    } catch {
      // full storage: it lives as long as the page
    }
  };
  draft = { id: draft.id ?? newID(), values: draft.values ?? {} };
  return {
    get id() {
      return draft.id;
    },
    values: draft.values,
    keep(values) {
      draft = { ...draft, values };
      store();
    },
    anew() {
      draft = { ...draft, id: newID() };
      store();
    },
    drop: () => items.removeItem(place),
  };
}
