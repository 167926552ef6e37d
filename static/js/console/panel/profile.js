// Who the customer is, at the head of the right pane, changed in place.
import { html, useState } from "../../vendor/preact-11.2.0.js";
import { Avatar, Icon, IconButton, Menu } from "../parts.js";
import { later } from "../later.js";
import { edit } from "./cards.js";
import { Blocked, mayBlock, openBlock } from "./blocked.js";
import { changing, fields, isMasked, isVIP, valueOf } from "./fields.js";
import { Masked, hide } from "./reveal.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { t } from "../words.js";

const editors = () => import("./editing.js");
const Editing = later(() => editors().then((module) => module.Editing), () => {});
const said = ["said_phone", "said_email"];

export function Profile({ c, card }) {
  const { customer } = card;
  const can = store.may("customers.edit") && !card.anonymous;
  const [editing, setEditing] = useState("");
  const save = async (key, value) => {
    setEditing("");
    if (value === undefined || value === (valueOf(customer, key)?.id ?? valueOf(customer, key))) return;
    hide(customer, key);
    await edit(customer.id, changing(key, value));
  };
  return html`<${Who} c=${c} card=${card} can=${can} editing=${editing === "name"} onEdit=${() => setEditing("name")} onDone=${(v) => save("name", v)} />
    <${Blocked} c=${c} card=${card} />
    ${!card.anonymous && html`<dl class="kv">${fields().map((f) => html`<dt key=${f.key}>${f.name}</dt><dd>
      <${One} customer=${customer} f=${f} can=${can} open=${editing === f.key} onEdit=${() => setEditing(f.key)} onDone=${(v) => save(f.key, v)} /></dd>`)}
      ${said.filter((key) => customer[key]).map((key) => html`<${Said} key=${key} customer=${customer} field=${key} onBelieve=${can && (() => edit(customer.id, { said: key.replace("said_", "") }))} />`)}</dl>`}`;
}

// Who is the name and the face, and what one can do with the person.
function Who({ c, card, can, editing, onEdit, onDone }) {
  const { customer } = card;
  const name = customer.name || c.contact.name;
  const known = (card.contacts ?? []).some((w) => w.identity);
  return html`<div class="prof"><${Avatar} who=${{ id: c.contact.id, name, avatar: customer.avatar || c.contact.avatar }} size="l" />
    <div class="grow">${editing ? html`<${Editing} customer=${customer} f=${{ key: "name", name: t("field_name"), kind: "text" }} onDone=${onDone} />`
      : html`<div class="row"><h3 class="trunc">${name}</h3>${can && html`<${IconButton} icon="pencil" cls="sm" label=${t("edit_field", { Name: t("field_name") })} onMouseEnter=${editors} onFocus=${editors} onClick=${onEdit} />`}</div>`}
      <div class="muted small">${t(known ? "known" : "anonymous")}${card.times > 1 ? ` · ${t("times", { Count: card.times })}` : ""}</div></div>
    <${More} c=${c} card=${card} /></div>`;
}

const openOn = (kind, c, card) => { store.dialog.value = { kind, customer: card.customer.id, contact: c.contact.id, name: card.customer.name || c.contact.name }; };
const openMerge = (card) => { store.dialog.value = { kind: "merge", customer: card.customer.id }; };

function More({ c, card }) {
  const [open, setOpen] = useState(false);
  const merge = store.may("customers.merge") && !card.anonymous;
  const block = mayBlock() && !card.anonymous;
  const exports = store.may("customers.export") && !card.anonymous;
  const erase = store.may("customers.erase") && !card.anonymous;
  if (!merge && !block && !exports && !erase) return null;
  const act = (run) => () => { setOpen(false); run(); };
  return html`<span class="pop-at"><${IconButton} icon="dots" label=${p("person_more")} aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)} />
    ${open && html`<${Menu} label=${p("person_more")} cls="right" onClose=${() => setOpen(false)}>
      ${merge && html`<button type="button" role="menuitem" onClick=${act(() => openMerge(card))}><${Icon} name="arrows-join" />${p("merge")}</button>`}
      ${block && html`<button type="button" role="menuitem" onClick=${act(() => openBlock(c, card))}><${Icon} name="ban" />${p("block")}</button>`}
      ${exports && html`<hr /><button type="button" role="menuitem" onClick=${act(() => openOn("export", c, card))}><${Icon} name="download" />${p("export")}</button>`}
      ${erase && html`${!exports && html`<hr />`}<button type="button" role="menuitem" onClick=${act(() => openOn("erase", c, card))}><${Icon} name="trash" />${p("erase")}</button>`}<//>`}</span>`;
}

// One is a field: as it is, or as it is changed.
function One({ customer, f, can, open, onEdit, onDone }) {
  const value = valueOf(customer, f.key);
  const menu = f.kind === "choice";
  if (open && !menu) return html`<${Editing} customer=${customer} f=${f} onDone=${onDone} />`;
  const more = { onMouseEnter: editors, onFocus: editors, onClick: onEdit, ...(menu && { "aria-haspopup": "menu", "aria-expanded": open }) };
  return html`${value || !can ? html`<${Value} customer=${customer} f=${f} value=${value} />` : null}
    ${can && html`<span class="pop-at">${value
      ? html`<${IconButton} icon="pencil" cls="sm" label=${t("edit_field", { Name: f.name })} ...${more} />`
      : html`<button type="button" class="blank" aria-label=${`${f.name} ${t("not_known")}`} ...${more}>${t("not_known")}</button>`}
      ${open && html`<${Editing} customer=${customer} f=${f} onDone=${onDone} />`}</span>`}`;
}

// Value is what is kept, in words. Somebody who answers nobody any more is told of.
function Value({ customer, f, value }) {
  if (!value) return html`<span class="muted grow">${t("not_known")}</span>`;
  if (isMasked(customer, f.key)) return html`<${Masked} customer=${customer} field=${f.key} name=${f.name} value=${value} />`;
  if (f.key !== "dedicated") {
    return html`${isVIP(f, value) && html`<span class="vip" title=${t("vip")}><${Icon} name="crown" /><span class="sr">${t("vip")}</span></span>`}<span class="num grow trunc" title=${value}>${value}</span>`;
  }
  return html`<span class=${`grow trunc${value.gone ? " muted" : ""}`}>${value.name || t("somebody")}${value.gone && html` <span class="tag">${t("dedicated_gone")}</span>`}</span>`;
}

// Said is how the visitor says that they can be reached. Nobody has checked it: it
// becomes the customer's own by a click of somebody who has.
function Said({ customer, field, onBelieve }) {
  const name = t("field_" + field);
  return html`<dt title=${t("said_title")}>${name}</dt><dd><${Masked} customer=${customer} field=${field} name=${name} value=${customer[field]} />
    ${onBelieve && html`<${IconButton} icon="user-check" cls="sm" label=${t("said_believe", { Name: name })} onClick=${onBelieve} />`}</dd>`;
}
