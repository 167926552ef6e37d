// What is personal in full: one at a time, for a reason that is
// written down, for a minute.
import { html, signal, useEffect, useRef, useState } from "../../vendor/preact-11.2.0.js";
import { IconButton, Menu } from "../parts.js";
import { post } from "../api.js";
import * as store from "../store.js";
import { tried } from "../tried.js";
import { t } from "../words.js";

const minute = 60_000;
const reasons = ["verify", "contact", "ship"];
const shown = signal(new Map()); // customer and field → {value, until}
const keyOf = (customer, field) => `${customer.id} ${field}`;

// inFull is what is shown of a field now; undefined while it is masked.
export const inFull = (customer, field) => shown.value.get(keyOf(customer, field))?.value;

// hide masks it again, before its time.
export const hide = (customer, field) => store.setIn(shown, keyOf(customer, field), undefined);

async function reveal(customer, field, reason) {
  const { value } = await post(`customers/${customer.id}/reveal`, { field, reason });
  store.setIn(shown, keyOf(customer, field), { value, until: Date.now() + minute });
  setTimeout(() => hide(customer, field), minute);
}

// Masked shows a field that is masked, and the way to see it in full.
export function Masked({ customer, field, name, value }) {
  const full = shown.value.get(keyOf(customer, field));
  if (full) return html`<${Full} full=${full} name=${name} />`;
  return html`<span class="num grow trunc">${value}</span>${store.may("customers.reveal") && html`<${Ask} customer=${customer} field=${field} name=${name} />`}`;
}

function Full({ full, name }) {
  const box = useRef();
  const left = Math.max(0, Math.ceil((full.until - Date.now() + 0 * store.now.value) / 1000));
  useEffect(() => { if (document.activeElement === document.body) box.current.querySelector("button").focus(); }, []);
  const copy = () => navigator.clipboard.writeText(full.value).then(() => store.toast(t("copied")), () => store.toast(t("copy_failed"), "bad"));
  return html`<span class="row grow" ref=${box}><span class="num trunc" role="status">${full.value}</span>
    <${IconButton} icon="copy" cls="sm see" label=${t("copy_field", { Name: name })} onClick=${copy} />
    <span class="muted small num end" title=${t("revealed_for", { Count: left })}>${t("seconds", { Count: left })}</span></span>`;
}

function Ask({ customer, field, name }) {
  const [open, setOpen] = useState(false);
  const [other, setOther] = useState(false);
  const text = useRef();
  useEffect(() => { if (other) text.current?.focus(); }, [other]);
  const toggle = () => { setOther(false); setOpen(!open); };
  const give = async (reason) => {
    if (!reason) return;
    setOpen(false);
    await tried(reveal(customer, field, reason));
  };
  return html`<span class="pop-at"><${IconButton} icon="eye" cls="sm see" label=${t("reveal", { Name: name })} aria-haspopup="dialog" aria-expanded=${open} onClick=${toggle} />
    ${open && html`<${Menu} role="dialog" label=${t("reveal_why", { Name: name })} cls="right why" onClose=${() => setOpen(false)}>
      <p>${t("reveal_why", { Name: name })}</p>
      <div class="reasons">${reasons.map((r) => html`<button type="button" class="chip" key=${r} onClick=${() => give(t("reveal_" + r))}>${t("reveal_" + r)}</button>`)}
        <button type="button" class="chip" aria-expanded=${other} onClick=${() => setOther(true)}>${t("reveal_other")}</button></div>
      ${other && html`<form class="row" onSubmit=${(e) => { e.preventDefault(); give(text.current.value.trim()); }}>
        <input class="txt tight" ref=${text} required maxlength="200" aria-label=${t("reveal_reason")} placeholder=${t("reveal_reason")} /><button class="btn pri sm">${t("reveal_show")}</button></form>`}
      <small class="muted">${t("reveal_logged")}</small>
    <//>`}</span>`;
}
