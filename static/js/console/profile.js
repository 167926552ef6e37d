// Who the customer is, at the head of the right pane, changed in place.
import { html, useLayoutEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { Avatar, Icon, IconButton, Menu } from "./parts.js";
import { patch } from "./api.js";
import { Masked, hide, inFull } from "./reveal.js";
import * as store from "./store.js";
import { t } from "./words.js";

const fields = ["phone", "email", "region", "level", "distributor_level", "dedicated"];
const said = ["said_phone", "said_email"];
const masked = (field) => field === "phone" || field === "email";

// choices are what a field can be, null where it is written: the shop's levels,
// where it has any, and whoever answers customers.
function choices(field) {
  const d = store.desk.value;
  if (field === "dedicated") return d.colleagues.filter((p) => p.answers).map((p) => ({ value: p.id, name: p.name, who: p }));
  const levels = { level: d.levels?.customers, distributor_level: d.levels?.distributors }[field];
  return levels?.length ? levels.map((l) => ({ value: l.name, name: l.name, vip: l.vip })) : null;
}

const isVIP = (customer, field) => (choices(field) ?? []).some((o) => o.vip && o.value.toLowerCase() === customer[field]?.toLowerCase());

export function Profile({ c, card, reload }) {
  const { customer } = card;
  const can = store.may("customers.edit") && !card.anonymous;
  const [editing, setEditing] = useState("");
  const save = async (name, value) => {
    setEditing("");
    if (value === (customer[name]?.id ?? customer[name] ?? "")) return;
    try {
      await patch("customers/" + customer.id, { [name]: value });
      hide(customer, name);
      await reload();
    } catch (e) { store.toast(e.message || t("not_done"), "bad"); }
  };
  const believe = async (field) => {
    try {
      await patch("customers/" + customer.id, { said: field.replace("said_", "") });
      await reload();
    } catch (e) { store.toast(e.message || t("not_done"), "bad"); }
  };
  const times = (card.conversations ?? []).length;
  return html`<div class="prof"><${Avatar} who=${{ id: c.contact.id, name: customer.name || c.contact.name, avatar: customer.avatar || c.contact.avatar }} size="l" />
      <div class="grow">${editing === "name" ? html`<${Field} label=${t("field_name")} value=${customer.name} onDone=${(v) => save("name", v)} />`
        : html`<div class="row"><h3 class="trunc">${customer.name || c.contact.name}</h3>${can && html`<${IconButton} icon="pencil" cls="sm" label=${t("edit_field", { Name: t("field_name") })} onClick=${() => setEditing("name")} />`}</div>`}
        <div class="muted small">${t((card.contacts ?? []).some((w) => w.identity) ? "known" : "anonymous")}${times > 1 ? ` · ${t("times", { Count: times })}` : ""}</div></div></div>
    ${!card.anonymous && html`<dl class="kv">${fields.map((f) => html`<dt key=${f}>${t("field_" + f)}</dt><dd>${
      can && choices(f) ? html`<${Chosen} customer=${customer} field=${f} open=${editing === f} onOpen=${() => setEditing(f)} onDone=${(v) => (v === undefined ? setEditing("") : save(f, v))} />`
      : editing === f ? html`<${Changing} customer=${customer} field=${f} onDone=${(v) => (v === undefined ? setEditing("") : save(f, v))} />`
      : html`<${Shown} customer=${customer} field=${f} can=${can} onEdit=${() => setEditing(f)} />`}</dd>`)}${said.filter((f) => customer[f]).map((f) => html`<${Said} key=${f} customer=${customer} field=${f} onBelieve=${can && (() => believe(f))} />`)}</dl>`}`;
}

// Said is how the visitor says that they can be reached. Nobody has checked it: it
// becomes the customer's own by a click of somebody who has.
function Said({ customer, field, onBelieve }) {
  return html`<dt title=${t("said_title")}>${t("field_" + field)}</dt><dd><${Masked} customer=${customer} field=${field} />
    ${onBelieve && html`<${IconButton} icon="user-check" cls="sm" label=${t("said_believe", { Name: t("field_" + field) })} onClick=${onBelieve} />`}</dd>`;
}

function Shown({ customer, field, can, onEdit }) {
  const value = customer[field];
  if (!value && can) return html`<button type="button" class="blank" aria-label=${`${t("field_" + field)} ${t("not_known")}`} onClick=${onEdit}>${t("not_known")}</button>`;
  return html`${masked(field) && value ? html`<${Masked} customer=${customer} field=${field} />` : html`<${Value} customer=${customer} field=${field} />`}
    ${can && html`<${IconButton} icon="pencil" cls="sm" label=${t("edit_field", { Name: t("field_" + field) })} onClick=${onEdit} />`}`;
}

// Value is what is kept, in words. Somebody who answers nobody any more is told of.
function Value({ customer, field }) {
  const value = customer[field];
  if (!value) return html`<span class="muted grow">${t("not_known")}</span>`;
  if (field !== "dedicated") {
    return html`${isVIP(customer, field) && html`<span class="vip" title=${t("vip")}><${Icon} name="crown" /><span class="sr">${t("vip")}</span></span>`}<span class="num grow trunc">${value}</span>`;
  }
  return html`<span class=${`grow trunc${value.gone ? " muted" : ""}`}>${value.name || t("somebody")}${value.gone && html` <span class="tag">${t("dedicated_gone")}</span>`}</span>`;
}

// Chosen is a field that is one of some values, or none.
function Chosen({ customer, field, open, onOpen, onDone }) {
  const label = t("field_" + field);
  const now = customer[field]?.id ?? customer[field] ?? "";
  const item = (o) => html`<button type="button" role="menuitemradio" key=${o.value} aria-checked=${o.value === now} onClick=${() => onDone(o.value)}>
    ${o.who && html`<${Avatar} who=${o.who} size="xs" />`}<span class="grow trunc">${o.name}</span>${o.vip && html`<small class="vip"><${Icon} name="crown" />${t("vip")}</small>`}</button>`;
  return html`${now ? html`<${Value} customer=${customer} field=${field} />` : null}
    <span class="pop-at">${now
      ? html`<${IconButton} icon="pencil" cls="sm" label=${t("edit_field", { Name: label })} aria-haspopup="menu" aria-expanded=${open} onClick=${onOpen} />`
      : html`<button type="button" class="blank" aria-label=${`${label} ${t("not_known")}`} aria-haspopup="menu" aria-expanded=${open} onClick=${onOpen}>${t("not_known")}</button>`}
      ${open && html`<${Menu} label=${label} cls=${`tall scroll${now ? " right" : ""}`} onClose=${() => onDone(undefined)}>
        ${choices(field).map(item)}<hr />${item({ value: "", name: t("none_of_these") })}<//>`}</span>`;
}

// Changing edits a field. One that is masked begins empty, with the mask for a
// hint, and stays as it is where nothing is written; to take it away, one has to
// see it.
function Changing({ customer, field, onDone }) {
  const full = inFull(customer, field);
  const blind = masked(field) && full === undefined;
  const [from] = useState(blind ? "" : full ?? customer[field]);
  const done = (v) => onDone(v === (from ?? "") ? undefined : v);
  return html`<${Field} label=${t("field_" + field)} value=${from} hint=${customer[field]} onDone=${done} />`;
}

// Field is edited in place: Enter or leaving saves, Esc does not.
function Field({ label, value, hint, onDone }) {
  const ref = useRef();
  const left = useRef(false);
  useLayoutEffect(() => { ref.current.focus(); ref.current.select(); }, []);
  const done = (v) => { if (!left.current) { left.current = true; onDone(v); } };
  return html`<input class="txt tight" ref=${ref} aria-label=${label} placeholder=${hint} defaultValue=${value ?? ""} maxlength="200" onBlur=${(e) => done(e.target.value.trim())}
    onKeyDown=${(e) => {
      if (e.isComposing || e.keyCode === 229) return;
      if (e.key === "Enter") done(e.target.value.trim());
      if (e.key === "Escape") { e.stopPropagation(); done(value ?? ""); }
    }} />`;
}
