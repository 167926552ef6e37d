// Choosing what of the list is shown, and keeping that under a name: the views that a
// person has saved can be named anew, ordered and dropped here.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { newID } from "../lib/id.js";
import { words } from "../lib/words.js";
import { Dialog, Icon, IconButton } from "./parts.js";
import { setPref } from "./preferences.js";
import * as filters from "./filters.js";
import * as store from "./store.js";
import { lang, t } from "./words.js";

const say = await words("list", lang);
const shut = () => { store.dialog.value = null; };
const most = 20; // views a person
const priorities = ["urgent", "high", "normal", "low"];

// choices are the values of each facet that can be chosen: {value, name}.
function choices() {
  const d = store.desk.value;
  const named = (list) => list.map((x) => ({ value: x.id, name: x.name }));
  const levels = new Set([...d.levels.customers, ...d.levels.distributors].map((x) => x.name));
  return {
    channel: named(d.channels),
    group: [...named(d.groups), { value: "", name: say("no_group") }],
    tag: named(d.tags),
    level: [...[...levels].map((x) => ({ value: x, name: x })), { value: "", name: say("no_level") }],
    priority: priorities.map((x) => ({ value: x, name: t("priority_" + x) })),
    assignee: named(d.colleagues.filter((p) => p.answers)),
  };
}

// Only where they differ is there something to choose.
const useful = (facet, list) => list.length > 1 && (facet !== "assignee" || !["mine", "waiting", "bot"].includes(store.tab.value));

function Facet({ facet, list }) {
  const on = store.filter.value[facet] ?? [];
  const flip = (value) => filters.narrow({ [facet]: on.includes(value) ? on.filter((x) => x !== value) : [...on, value] });
  return html`<fieldset class="ls-facet"><legend>${say("by_" + facet)}</legend><div class="ls-chips">
    ${list.map((x) => html`<button type="button" class="chip" key=${x.value} aria-pressed=${on.includes(x.value)} onClick=${() => flip(x.value)}>${x.name}</button>`)}</div></fieldset>`;
}

export function Filter() {
  const f = store.filter.value;
  const on = store.narrows(f);
  const all = choices();
  return html`<${Dialog} title=${say("filter_title", { Tab: t("tab_" + store.tab.value) })} cls="roomy ls-filter" onClose=${shut}>
    <div class="dlg-b scroll">
      <fieldset class="ls-facet"><legend>${say("by_state")}</legend><div class="ls-chips">
        <button type="button" class="chip" aria-pressed=${!!f.unreplied} onClick=${() => filters.narrow({ unreplied: !f.unreplied })}>${t("filter_unreplied")}</button>
        <button type="button" class="chip" aria-pressed=${!!f.unread} onClick=${() => filters.narrow({ unread: !f.unread })}>${t("unread")}</button></div></fieldset>
      ${Object.keys(all).filter((x) => useful(x, all[x])).map((x) => html`<${Facet} key=${x} facet=${x} list=${all[x]} />`)}
      <fieldset class="ls-facet"><legend>${say("order")}</legend><div class="ls-chips">
        ${["wait", "recent"].map((x) => html`<button type="button" class="chip" key=${x} aria-pressed=${store.sorting.value === x} onClick=${() => { store.sorting.value = x; }}>${t("sort_" + x)}</button>`)}</div></fieldset>
      ${on && html`<${Save} />`}
      <${Views} />
    </div>
    <div class="dlg-f"><span class="muted small grow" role="status">${say("filter_shows", { Count: store.rows.value.length })}</span>
      <button type="button" class="btn" disabled=${!on} onClick=${() => filters.show(store.tab.value)}>${say("filter_clear")}</button><button type="button" class="btn pri" onClick=${shut}>${t("done")}</button></div>
  <//>`;
}

function Save() {
  const [name, setName] = useState("");
  const views = filters.views.value;
  const save = async (e) => {
    e.preventDefault();
    const view = { id: newID(), name: name.trim(), filter: { tab: store.tab.value, ...store.filter.value } };
    if (!view.name || !(await setPref("views", [...views, view]))) return;
    filters.view.value = view.id;
    setName("");
  };
  if (views.length >= most) return html`<p class="none">${say("views_full", { Most: most })}</p>`;
  return html`<form class="ls-save" onSubmit=${save}><label class="inp grow"><span>${say("view_save")}</span><input value=${name} maxlength="30" placeholder=${say("view_hint")} onInput=${(e) => setName(e.target.value)} /></label><button class="btn" disabled=${!name.trim()}><${Icon} name="bookmark" />${t("save")}</button></form>`;
}

function Views() {
  const [renamed, setRenamed] = useState("");
  const views = filters.views.value;
  if (!views.length) return null;
  const move = (i, by) => setPref("views", views.map((v, k) => (k === i ? views[i + by] : k === i + by ? views[i] : v)));
  const drop = async (v) => {
    const i = views.indexOf(v);
    if (!(await setPref("views", views.filter((x) => x.id !== v.id)))) return;
    if (filters.view.value === v.id) filters.view.value = "";
    store.toast(say("view_dropped", { Name: v.name }), "", { text: t("undo"), run: () => setPref("views", [...filters.views.peek().slice(0, i), v, ...filters.views.peek().slice(i)]) });
  };
  const rename = (v, name) => {
    setRenamed("");
    if (name.trim() && name.trim() !== v.name) setPref("views", views.map((x) => (x.id === v.id ? { ...x, name: name.trim() } : x)));
  };
  return html`<section class="ls-views" aria-label=${say("views")}><h3>${say("views")}</h3><ul>${views.map((v, i) => html`<li key=${v.id}>
    ${renamed === v.id ? html`<input class="txt tight grow" aria-label=${say("view_name")} maxlength="30" value=${v.name} ref=${(el) => el?.focus()} onBlur=${(e) => rename(v, e.target.value)}
      onKeyDown=${(e) => { if (e.key === "Enter" && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); rename(v, e.target.value); } else if (e.key === "Escape") { e.preventDefault(); setRenamed(""); } }} />`
      : html`<button type="button" class="grow trunc ls-view" onClick=${() => { filters.open(v); shut(); }}>${v.name}<small class="num">${t("tab_" + v.filter.tab)} ${v.filter.tab === "closed" ? "" : filters.count(v)}</small></button>`}
    <${IconButton} icon="chevron-up" cls="sm" label=${say("view_up", { Name: v.name })} disabled=${i === 0} onClick=${() => move(i, -1)} />
    <${IconButton} icon="chevron-down" cls="sm" label=${say("view_down", { Name: v.name })} disabled=${i === views.length - 1} onClick=${() => move(i, 1)} />
    <${IconButton} icon="pencil" cls="sm" label=${say("view_rename", { Name: v.name })} onClick=${() => setRenamed(v.id)} />
    <${IconButton} icon="trash" cls="sm" label=${say("view_drop", { Name: v.name })} onClick=${() => drop(v)} /></li>`)}</ul></section>`;
}
