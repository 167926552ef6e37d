// Forms in dialogs: what the server finds wrong with a field is said beside it.
import { html, useState } from "../vendor/preact-11.2.0.js";

// useForm runs send with the form's values. wrong holds texts by field, and
// under "all" what concerns no field.
export function useForm(names, send) {
  const [wrong, setWrong] = useState({});
  const [busy, setBusy] = useState(false);
  const submit = async (e) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      await send(Object.fromEntries(new FormData(e.target)));
      setWrong({});
    } catch (err) {
      e.target.elements[err.field]?.focus?.();
      setWrong({ [names.includes(err.field) ? err.field : "all"]: err.message });
    }
    setBusy(false);
  };
  return { wrong, busy, submit };
}

// Input is a labelled field; without a type it is an area of several lines.
export function Input({ name, label, type, wrong, ...rest }) {
  const more = { name, "aria-invalid": !!wrong, "aria-describedby": wrong ? "wrong-" + name : undefined, autocomplete: "off", ...rest };
  return html`<label class="inp"><span>${label}</span>${type ? html`<input type=${type} ...${more} />` : html`<textarea rows="4" ...${more} />`}
    ${wrong && html`<span class="err" id=${"wrong-" + name} role="alert">${wrong}</span>`}</label>`;
}
