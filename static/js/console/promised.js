// What was promised, where it is seen: under the word that promised it, above the
// thread, in the list's rows and strip, and all of mine in one place.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Dialog, Icon, IconButton, Menu, usePick } from "./parts.js";
import { select } from "./select.js";
import { close as closeNow } from "./acts.js";
import * as composing from "./composing.js";
import * as reminders from "./reminders.js";
import * as store from "./store.js";
import { date, sameDay, t, time } from "./words.js";

const day = 864e5;
const most = 3; // stand above a thread without being asked for
const reach = 200; // of a text that is offered as the promise

// when is a moment to come as people say it: 17:00 today, tomorrow 10:00.
export function when(at) {
  const now = store.serverNow();
  if (sameDay(at, now)) return `${t("today")} ${time(at)}`;
  return `${sameDay(at, now + day) ? t("tomorrow") : date(at, now)} ${time(at)}`;
}

// Times is the menu of moments: the usual ones at a click, any other in a dialog.
function Times({ label, icon = "chevron-down", cls, side = "right", choose, other }) {
  const [open, setOpen] = useState(false);
  const run = (act) => () => { setOpen(false); act(); };
  return html`<span class="pop-at"><button type="button" class=${cls} aria-label=${label} title=${label} aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}><${Icon} name=${icon} /></button>
    ${open && html`<${Menu} label=${label} cls=${side + " times"} onClose=${() => setOpen(false)}>
      ${reminders.times().map(({ key, due }) => html`<button type="button" role="menuitem" key=${key} onClick=${run(() => choose(due))}><span class="grow">${t("time_" + key)}</span><span class="num muted">${time(due)}</span></button>`)}
      <button type="button" role="menuitem" onClick=${run(other)}>${t("time_other")}</button>
    <//>`}</span>`;
}

const ask = (fields) => { store.dialog.value = { kind: "remind", ...fields }; };

// Offer stands under one's own word that promises something: one click has one
// reminded of it, another one changes the moment.
export function Offer({ m }) {
  const offer = usePick(() => reminders.offered(m), [m.id]);
  if (!offer) return null;
  const { reminder, text, due } = offer;
  if (!reminder) {
    const base = { conversation: m.conversation, message: m.id, text };
    return html`<div class="offer"><button type="button" class="chip" onClick=${() => reminders.remind({ ...base, due })}><${Icon} name="alarm" />${t("remind_me", { Time: when(due) })}</button>
      <${Times} cls="chip" side="right above" label=${t("remind_other")} choose=${(at) => reminders.remind({ ...base, due: at })} other=${() => ask({ ...base, due })} /></div>`;
  }
  return html`<div class="offer set"><span class="row"><${Icon} name="alarm" />${reminders.isDue(reminder) ? t("promise_due") : t("will_remind", { Time: when(Date.parse(reminder.due)) })}</span>
    <${Times} cls="chip" side="right above" icon="pencil" label=${t("remind_change")} choose=${(at) => reminders.postpone(reminder, at)} other=${() => ask({ reminder, due: Date.parse(reminder.due) })} />
    <${IconButton} icon="x" cls="sm" label=${t("remind_drop")} onClick=${() => reminders.drop(reminder)} /></div>`;
}

// RemindTool is for what is a promise without looking like one.
export const RemindTool = ({ m }) => m.kind === "text" && html`<${IconButton} icon="alarm" cls="sm" label=${t("remind")}
  onClick=${() => ask({ conversation: m.conversation, message: m.id, text: m.text.slice(0, reach), due: reminders.times()[0].due })} />`;

function Line({ r, name, children }) {
  const late = usePick(() => reminders.isDue(r), [r.due]);
  return html`<div class=${late ? "pm due" : "pm"}><${Icon} name="alarm" />
    ${name ? html`<button type="button" class="grow open" onClick=${name}><b>${r.contact.name}</b><span>${r.text}</span></button>` : html`<span class="grow">${r.text}</span>`}
    <span class="at">${late ? t("promise_due") : when(Date.parse(r.due))}${!name && r.staff.name && r.staff.id !== store.you.value.id ? ` · ${t("promised_by", { Name: r.staff.name })}` : ""}</span>
    <span class="pm-acts"><button type="button" class="btn sm" onClick=${() => reminders.done(r)}>${t("promise_done")}</button>
      <${Times} cls="ib sm" icon="hourglass" label=${t("promise_postpone")} choose=${(at) => reminders.postpone(r, at)} other=${() => ask({ reminder: r, due: Date.parse(r.due) })} /></span>
    ${children}</div>`;
}

// Promises stand above the thread of whom they were made to, whoever made them.
export function Promises({ c }) {
  const [all, setAll] = useState(false);
  const list = reminders.of(c);
  if (!list.length || !reminders.can()) return null;
  const shown = all || list.length <= most ? list : list.slice(0, most - 1);
  return html`<aside class="promises" aria-label=${t("promises")}>${shown.map((r) => html`<${Line} r=${r} key=${r.id} />`)}
    ${shown.length < list.length && html`<button type="button" class="as-link" onClick=${() => setAll(true)}>${t("promises_more", { Count: list.length - shown.length })}</button>`}</aside>`;
}

// RowMark is a clock in the row of a customer who was promised something.
export function RowMark({ c }) {
  const list = reminders.of(c);
  const mark = usePick(() => (!list.length ? "" : list.some(reminders.isDue) ? "due" : "open"), [list]);
  if (!mark) return null;
  const words = t("row_promise_" + mark);
  return html`<span class=${`mk pm-${mark}`} title=${words}><${Icon} name="alarm" /><span class="sr">${words}</span></span>`;
}

export const openMine = () => { store.dialog.value = { kind: "promises" }; };

// Today stands above the rows while something is to be kept today.
export function Today() {
  const list = reminders.today.value;
  if (!list.length || store.needle.value) return null;
  const late = list.filter(reminders.isDue).length;
  return html`<button type="button" class=${late ? "today due" : "today"} onClick=${openMine}><${Icon} name="alarm" />
    <span class="grow">${late ? t("today_due", { Count: late }) : t("today_promises", { Count: list.length })}</span><span class="num">${when(Date.parse(list[0].due))}</span></button>`;
}

// RailPromises opens all of mine.
export function RailPromises() {
  if (!reminders.can()) return null;
  const n = reminders.today.value.length;
  return html`<button type="button" class="nv" title=${t("promises_mine")} onClick=${openMine}><${Icon} name="alarm" /><span class="sr">${t("promises_mine")} </span>
    ${n > 0 && html`<span class="count"><span class="sr">${t("due_today")} </span>${n}</span>`}</button>`;
}

const shut = () => { store.dialog.value = null; };

// Mine lists all that I have to see to: what is due, today, later.
export function Mine() {
  const now = store.serverNow();
  const end = new Date(now).setHours(24, 0, 0, 0);
  const list = reminders.mine.value;
  const parts = [
    ["due", list.filter((r) => Date.parse(r.due) <= now)],
    ["today", list.filter((r) => Date.parse(r.due) > now && Date.parse(r.due) < end)],
    ["later", list.filter((r) => Date.parse(r.due) >= end)],
  ].filter(([, part]) => part.length);
  const go = (r) => () => { shut(); select(r.conversation).then(composing.ready); };
  return html`<${Dialog} title=${t("promises_mine")} cls="roomy" onClose=${shut}><div class="dlg-b promises-all">
    ${parts.map(([key, part]) => html`<section key=${key}><h3>${t("mine_" + key)}</h3>${part.map((r) => html`<${Line} r=${r} key=${r.id} name=${go(r)} />`)}</section>`)}
    ${!list.length && html`<div class="nothing"><${Icon} name="circle-check" /><p>${t("promises_none")}</p></div>`}
  </div><//>`;
}

// local is a moment as <input type=datetime-local> wants it.
const local = (at) => new Date(at - new Date(at).getTimezoneOffset() * 60000).toISOString().slice(0, 16);

// Remind asks what was promised and for when; of a reminder, only for when.
export function Remind({ reminder, conversation, message, text, due }) {
  const [at, setAt] = useState(local(due));
  const [words, setWords] = useState(reminder?.text ?? text ?? "");
  const [wrong, setWrong] = useState(null);
  const submit = async (e) => {
    e.preventDefault();
    try {
      const moment = new Date(at).getTime();
      if (reminder) await reminders.put(reminder, moment);
      else await reminders.add({ conversation, message, text: words.trim(), due: moment });
      shut();
    } catch (err) {
      setWrong(err);
    }
  };
  const says = (field) => wrong && (wrong.field ?? "due") === field && html`<p class="err" role="alert">${wrong.message}</p>`;
  return html`<${Dialog} title=${t(reminder ? "promise_postpone" : "remind")} onClose=${shut}><form onSubmit=${submit}>
    <div class="dlg-b">
      <label class="inp"><span>${t("promise")}</span><textarea rows="2" maxlength="500" disabled=${!!reminder} required value=${words} onInput=${(e) => setWords(e.target.value)} aria-invalid=${wrong?.field === "text"} />${says("text")}</label>
      <div class="row wrap">${reminders.times().map((x) => html`<button type="button" class="chip" key=${x.key} aria-pressed=${at === local(x.due)} onClick=${() => setAt(local(x.due))}>${t("time_" + x.key)}</button>`)}</div>
      <label class="inp"><span>${t("promise_when")}</span><input type="datetime-local" required value=${at} min=${local(store.serverNow())} onInput=${(e) => setAt(e.target.value)} aria-invalid=${wrong?.field === "due"} />${says("due")}</label>
    </div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${shut}>${t("cancel")}</button><button class="btn pri">${t("save")}</button></div>
  </form><//>`;
}

// Unkept asks before a conversation is closed with something still promised.
export function Unkept({ id, andNext }) {
  const c = store.conversations.value.get(id);
  const list = reminders.of(c);
  const go = (kept) => () => {
    shut();
    if (kept) list.forEach(reminders.done);
    closeNow(id, andNext, true);
  };
  return html`<${Dialog} title=${t("unkept_title", { Count: list.length })} onClose=${shut}>
    <div class="dlg-b"><ul class="unkept">${list.map((r) => html`<li key=${r.id}><${Icon} name="alarm" /><span class="grow">${r.text}</span><span class="muted num">${when(Date.parse(r.due))}</span></li>`)}</ul></div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${go(true)}>${t("unkept_done")}</button><button type="button" class="btn pri" onClick=${go(false)}>${t("unkept_keep")}</button></div>
  <//>`;
}
