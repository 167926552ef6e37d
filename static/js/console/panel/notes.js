// What colleagues have written about the customer, each with a name. One's own can
// be deleted, and come back.
import { html, useEffect, useRef, useState } from "../../vendor/preact-11.2.0.js";
import { Icon } from "../parts.js";
import { get, post, remove } from "../api.js";
import { Text } from "../text.js";
import { load, put } from "./cards.js";
import { tried } from "../tried.js";
import { Section } from "./section.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { date, sameDay, t, time } from "../words.js";

export function Notes({ c, card }) {
  const [adding, setAdding] = useState(false);
  const id = card.customer.id;
  const can = store.may("customers.edit");
  const drop = async (note) => {
    if (!(await tried(remove(`customers/${id}/notes/${note}`)))) return;
    await load(id);
    store.toast(p("note_deleted"), "", { text: p("undo"), run: async () => { if (await tried(post(`customers/${id}/notes/${note}/restore`))) await load(id); } });
  };
  const more = () => tried(get(`customers/${id}/notes?before=${card.notes_next}`).then((older) => put(id, (now) => ({ notes: [...now.notes, ...older.notes], notes_next: older.notes_next }))));
  const act = can && !adding && html`<button type="button" class="act" onClick=${() => setAdding(true)}><${Icon} name="plus" size="sm" />${t("add")}</button>`;
  return html`<${Section} id="notes" title=${t("notes")} act=${act}>
    ${adding && html`<${Writing} customer=${id} conversation=${c.id} onDone=${() => setAdding(false)} />`}
    ${card.notes.map((n) => html`<div class="nt" key=${n.id}><${Text} text=${n.text} /><small><span class="grow">${n.staff.name || t("somebody")} · ${when(n.created)}</span>
      ${can && n.staff.id === store.you.value.id && html`<button type="button" class="as-link" aria-label=${t("note_delete")} onClick=${() => drop(n.id)}>${t("delete")}</button>`}</small></div>`)}
    ${card.notes_next && html`<button type="button" class="as-link small more" onClick=${more}>${p("notes_more")}</button>`}
    ${!adding && !card.notes.length && html`<p class="muted small">${t("none_yet")}</p>`}<//>`;
}

function when(stamp) {
  const ms = Date.parse(stamp);
  const now = store.serverNow();
  return sameDay(ms, now) ? time(ms) : date(ms, now);
}

function Writing({ customer, conversation, onDone }) {
  const ref = useRef();
  useEffect(() => {
    ref.current.focus();
    ref.current.parentElement.scrollIntoView({ block: "nearest" }); // with its buttons
  }, []);
  const save = async () => {
    const text = ref.current.value.trim();
    if (!text) return onDone();
    if (!(await tried(post(`customers/${customer}/notes`, { text, conversation })))) return;
    await load(customer);
    onDone();
  };
  const keys = (e) => {
    if (e.key === "Escape") { e.stopPropagation(); onDone(); }
    if (e.key === "Enter" && (e.metaKey || e.ctrlKey)) save();
  };
  return html`<div class="add-note"><textarea class="txt" ref=${ref} rows="3" maxlength="2000" aria-label=${t("note_new")} placeholder=${t("note_new")} onKeyDown=${keys} />
    <div class="row end"><button type="button" class="btn sm ghost" onClick=${onDone}>${t("cancel")}</button><button type="button" class="btn sm pri" onClick=${save}>${t("save")}</button></div></div>`;
}
