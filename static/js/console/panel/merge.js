// Merging two customers who are one person: the other one is looked for, both
// stand side by side, and of what differs one side's stays.
import { html, useEffect, useRef, useState } from "../../vendor/preact-11.2.0.js";
import { Avatar, Dialog, Icon, Tag, channelIcon } from "../parts.js";
import { get, post } from "../api.js";
import { load } from "./cards.js";
import { tried } from "../tried.js";
import { fields, isMasked, valueOf } from "./fields.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { date, t } from "../words.js";

const pause = 250; // after the last letter
const shut = () => { store.dialog.value = null; };
const called = (card) => card.customer.name || card.contacts[0]?.name || p("stranger");

export function Merge({ customer }) {
  const [card, setCard] = useState(null);
  const [other, setOther] = useState(null);
  useEffect(() => { get("customers/" + customer).then(setCard, (e) => { store.toast(e.message, "bad"); shut(); }); }, []);
  const choose = (id) => tried(get("customers/" + id).then(setOther));
  return html`<${Dialog} title=${other ? p("merge_compare") : p("merge_title", { Name: card ? called(card) : "" })} cls="roomy merging" onClose=${shut}>
    ${card && (other ? html`<${Compare} a=${card} b=${other} onBack=${() => setOther(null)} />` : html`<${Looking} not=${customer} onChoose=${choose} />`)}<//>`;
}

// Looking finds the other one among those whom one may see.
function Looking({ not, onChoose }) {
  const [word, setWord] = useState("");
  const [found, setFound] = useState(null);
  const asked = useRef(0);
  useEffect(() => {
    const turn = ++asked.current;
    if (!word.trim()) { setFound(null); return undefined; }
    const timer = setTimeout(async () => {
      const { customers } = await get("customers?q=" + encodeURIComponent(word.trim())).catch(() => ({ customers: [] }));
      if (turn === asked.current) setFound(customers.filter((x) => x.id !== not));
    }, pause);
    return () => clearTimeout(timer);
  }, [word]);
  return html`<div class="dlg-b"><p class="muted">${p("merge_lead")}</p>
    <label class="inp"><span>${p("merge_find")}</span><input type="search" autocomplete="off" placeholder=${p("merge_hint")} value=${word} onInput=${(e) => setWord(e.target.value)} /></label>
    <ul class="found" aria-live="polite">${found?.map((x) => html`<li key=${x.id}><button type="button" onClick=${() => onChoose(x.id)}><${Avatar} who=${x} size="s" />
      <span class="grow"><b class="trunc block">${x.name || p("stranger")}</b><small class="trunc block">${[x.phone, x.email, x.region, t(x.known ? "known" : "anonymous")].filter(Boolean).join(" · ")}</small></span>
      <small class="muted num">${p("merge_times", { Count: x.conversations })}</small></button></li>`)}</ul>
    ${found?.length === 0 && html`<p class="muted small" role="status">${p("merge_nobody")}</p>`}</div>`;
}

const named = (value) => value?.name ?? value ?? "";

// Compare shows both, and lets one choose where they differ. What only one side
// has stays.
function Compare({ a, b, onBack }) {
  const all = [{ key: "name", name: t("field_name") }, ...fields()];
  const rows = all.map((f) => ({ ...f, a: named(valueOf(a.customer, f.key)), b: named(valueOf(b.customer, f.key)) })).filter((f) => f.a !== f.b || isMasked(a.customer, f.key)); // two masks may look the same
  const [take, setTake] = useState(() => new Set(rows.filter((f) => !f.a && f.b).map((f) => f.key)));
  const [busy, setBusy] = useState(false);
  const choose = (key, other) => setTake((now) => { const next = new Set(now); if (other) next.add(key); else next.delete(key); return next; });
  const merge = async () => {
    setBusy(true);
    const ok = await tried(post(`customers/${a.customer.id}/merge`, { with: b.customer.id, take: [...take] }).then(({ customer, merge: made }) => {
      shut();
      load(customer);
      store.toast(p("merged_toast"), "", { text: p("undo"), run: () => tried(post(`customers/${customer}/merges/${made.id}/undo`).then(() => load(a.customer.id))) });
    }));
    if (!ok) setBusy(false);
  };
  return html`<div class="dlg-b compare">
    <div class="sides"><${Side} card=${a} /><${Icon} name="arrows-join" /><${Side} card=${b} /></div>
    ${rows.length > 0 && html`<fieldset><legend>${p("merge_choose")}</legend>${rows.map((f) => html`<div class="pick" key=${f.key} role="radiogroup" aria-label=${f.name}><span class="muted">${f.name}</span>
      <${Choice} f=${f} on=${!take.has(f.key)} value=${f.a} run=${() => choose(f.key, false)} /><${Choice} f=${f} on=${take.has(f.key)} value=${f.b} run=${() => choose(f.key, true)} /></div>`)}</fieldset>`}
    <p class="muted small">${p("merge_note")}</p></div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${onBack}>${p("merge_other")}</button><button type="button" class="btn pri" disabled=${busy} onClick=${merge}>${p("merge_do")}</button></div>`;
}

const Choice = ({ f, on, value, run }) => html`<label class=${on ? "on" : ""}><input type="radio" name=${f.key} checked=${on} onChange=${run} /><span class="trunc">${value || html`<span class="muted">${t("not_known")}</span>`}</span></label>`;

function Side({ card }) {
  const { customer, contacts, notes, times } = card;
  const tags = (store.desk.value.tags ?? []).filter((tag) => customer.tags.includes(tag.id));
  const last = card.conversations[0];
  return html`<div class="side-of"><div class="row"><${Avatar} who=${{ id: contacts[0]?.id ?? customer.id, name: called(card), avatar: customer.avatar }} /><b class="trunc">${called(card)}</b></div>
    <small>${t(contacts.some((w) => w.identity) ? "known" : "anonymous")} · ${p("merge_times", { Count: times })}</small>
    <small class="row wrap">${contacts.map((w) => html`<span class="row" key=${w.id}><${Icon} name=${channelIcon(w.channel?.kind)} size="sm" />${w.channel?.name}</span>`)}</small>
    ${last && html`<small>${p("merge_last", { Time: date(Date.parse(last.opened), store.serverNow()) })}</small>`}
    ${notes.length > 0 && html`<small>${p("merge_notes", { Count: notes.length })}${card.notes_next ? "+" : ""}: ${notes[0].text}</small>`}
    ${tags.length > 0 && html`<div class="tags">${tags.map((tag) => html`<${Tag} tag=${tag} key=${tag.id} />`)}</div>`}</div>`;
}
