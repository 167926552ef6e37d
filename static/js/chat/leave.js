import { h, icon } from "../lib/dom.js";
import { newID } from "../lib/id.js";

/**
 * Leaving a message instead of waiting: a card that asks, opens into a form, and says what happens then. What is
 * written outlives a reload, and so does its id: sent twice, it is left once.
 */
export function offer(one, page) {
  const { chat, t, act } = page;
  const draft = new Draft(chat.visit);
  const card = h("div.vc-leave", { "data-key": one.key });
  const text = one.away ? until(one.noted ? "leave_noted" : "leave_away", one, page) : one.text;
  const ask = () => {
    const button = h("button.vc-btn.soft", { type: "button" }, t("leave"));
    button.addEventListener("click", () => {
      open(true);
      act.grown();
    });
    card.replaceChildren(h("div.vc-leave-h", null, icon("mail"), h("p", { role: "status" }, text)), button);
  };
  const open = (now) => {
    const fields = form({ draft, page, back: () => { draft.drop(); ask(); act.grown(); } });
    card.replaceChildren(h("div.vc-leave-h", null, icon("mail"), h("p", null, text)), fields);
    if (now) fields.querySelector("textarea").focus();
  };
  if (draft.begun) open(false);
  else ask();
  return card;
}

/** Somebody serves before the message was left: what was written goes on where one talks. */
export function rescue({ chat, composer }) {
  const draft = new Draft(chat.visit);
  if (chat.conversation?.status !== "open" || !draft.begun) return;
  if (draft.values.text && !composer.text.value) composer.edit(draft.values.text);
  draft.drop();
}

/** Words that say when somebody is back, where that is known. */
function until(key, { next }, { t, times }) {
  return next ? t(`${key}_until`, { Time: times.moment(next) }) : t(key);
}

/** What is said once a message has been left. */
export function left(one, page) {
  const { t } = page;
  const text = one.away ? until("left_away", one, page) : one.text || t("left_text");
  return h(
    "div.vc-que",
    { role: "status" },
    h("span.vc-que-n", { "aria-hidden": "true" }, icon("check")),
    h("div", null, h("b", null, t("left_title")), h("span", null, text), h("span.vc-que-more", null, t("left_more"))),
  );
}

function form({ draft, page, back }) {
  const { t, act } = page;
  const inputs = {
    text: field("textarea", { rows: 3, maxlength: 5000, placeholder: t("leave_text_hint") }, t("leave_text")),
    phone: field("input", { type: "tel", maxlength: 30, autocomplete: "tel" }, t("leave_phone")),
    email: field("input", { type: "email", maxlength: 200, autocomplete: "email", inputmode: "email" }, t("leave_email")),
  };
  const trouble = h("p.vc-err", { role: "alert", hidden: true });
  const submit = h("button.vc-btn", { type: "submit" }, t("leave_send"));
  const el = h("form", { novalidate: true, "aria-label": t("leave") });
  const reach = h("div.vc-leave-2", null, inputs.phone.label, inputs.email.label);
  el.append(inputs.text.label, reach, h("p.vc-hint", null, t("leave_reach")), trouble, h("div.vc-leave-b", null, h("button.vc-btn.plain", { type: "button", onclick: back }, t("leave_back")), submit));
  for (const [name, { input }] of Object.entries(inputs)) {
    input.value = draft.values[name] ?? "";
    input.addEventListener("input", () => draft.write(name, input.value));
  }
  const wrong = (name, words) => {
    inputs[name].says(words);
    inputs[name].input.focus();
    act.grown();
  };
  el.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const one of Object.values(inputs)) one.says("");
    trouble.hidden = true;
    if (!inputs.text.input.value.trim()) return wrong("text", t("leave_text_missing"));
    submit.disabled = true;
    try {
      await act.leave(draft.values);
      draft.drop();
    } catch (error) {
      if (error.code === "id_reused") draft.anew(); // the first was stored after all; these are other words
      if (inputs[error.field]) wrong(error.field, error.text);
      else {
        trouble.textContent = error.text || t("leave_failed");
        trouble.hidden = false;
      }
    }
    submit.disabled = false;
  });
  return el;
}

let fields = 0;

/** A field with its name above and what is wrong with it below. */
export function field(tag, props, name) {
  const id = `vc-f${++fields}`;
  const input = h(tag, { ...props, id, "aria-describedby": `${id}-e` });
  const error = h("small.vc-err", { id: `${id}-e`, role: "alert", hidden: true });
  const says = (words) => {
    error.textContent = words;
    error.hidden = !words;
    if (words) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  return { input, says, label: h("div.vc-field", null, h("label", { for: id }, name), input, error) };
}

/** What has been written and not been left yet. */
export class Draft {
  constructor(visit) {
    this.items = visit.items;
    this.key = visit.key("leave");
    try {
      this.values = JSON.parse(this.items.getItem(this.key)) ?? {};
    } catch {
      this.values = {};
    }
    this.values.id ??= newID();
  }

  get begun() {
    return ["text", "phone", "email"].some((name) => this.values[name]);
  }

  write(name, value) {
    this.values[name] = value;
    this.keep();
  }

  anew() {
    this.values.id = newID();
    this.keep();
  }

  keep() {
    try {
      this.items.setItem(this.key, JSON.stringify(this.values));
    } catch {
      // full storage: it lives as long as the page
    }
  }

  drop() {
    this.items.removeItem(this.key);
    this.values = { id: newID() };
  }
}
