// How a field is changed in place: written, or chosen from what it can be.
import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact-11.2.0.js";
import { Avatar, Icon, Menu } from "../parts.js";
import { isMasked, valueOf } from "./fields.js";
import { inFull } from "./reveal.js";
import { t } from "../words.js";

// Editing calls onDone with what the field is to be, or with undefined where it is
// to stay.
export function Editing({ customer, f, onDone }) {
  return f.kind === "choice" ? html`<${Choosing} customer=${customer} f=${f} onDone=${onDone} />` : html`<${Writing} customer=${customer} f=${f} onDone=${onDone} />`;
}

function Choosing({ customer, f, onDone }) {
  const now = valueOf(customer, f.key)?.id ?? valueOf(customer, f.key);
  const item = (o) => html`<button type="button" role="menuitemradio" key=${o.value} aria-checked=${o.value === now} onClick=${() => onDone(o.value)}>
    ${o.who && html`<${Avatar} who=${o.who} size="xs" />`}<span class="grow trunc">${o.name}</span>${o.vip && html`<small class="vip"><${Icon} name="crown" />${t("vip")}</small>`}</button>`;
  return html`<${Menu} label=${f.name} cls=${`tall scroll${now ? " right" : ""}`} onClose=${() => onDone(undefined)}>
    ${f.options.map(item)}<hr />${item({ value: "", name: t("none_of_these") })}<//>`;
}

// Writing begins empty where the field is masked, with the mask for a hint, and
// stays as it is where nothing is written; to take it away, one has to see it.
// Enter or leaving saves, Esc does not.
function Writing({ customer, f, onDone }) {
  const ref = useRef();
  const left = useRef(false);
  const shown = valueOf(customer, f.key);
  const full = inFull(customer, f.key);
  const [from] = useState(isMasked(customer, f.key) ? full ?? "" : shown);
  useLayoutEffect(() => { ref.current.focus(); ref.current.select?.(); }, []);
  const done = (v) => {
    if (left.current) return;
    left.current = true;
    onDone(v === from ? undefined : v);
  };
  return html`<input class="txt tight" ref=${ref} type=${f.kind === "date" ? "date" : "text"} inputmode=${f.kind === "number" ? "decimal" : undefined} aria-label=${f.name}
    placeholder=${shown} defaultValue=${from} maxlength="200" autocomplete="off" onBlur=${(e) => done(e.target.value.trim())}
    onKeyDown=${(e) => {
      if (e.isComposing || e.keyCode === 229) return;
      if (e.key === "Enter") done(e.target.value.trim());
      if (e.key === "Escape") { e.stopPropagation(); done(from); }
    }} />`;
}
