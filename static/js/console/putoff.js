// Putting a conversation off, or several: until a moment, or until the customer
// writes.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { clock, weekday, HOUR, MINUTE } from "../lib/due.js";
import { words } from "../lib/words.js";
import { Dialog, Icon } from "./parts.js";
import { putOff } from "./acts.js";
import { each } from "./bulk_work.js";
import { leave } from "./select.js";
import * as store from "./store.js";
import { lang, moment, t, time } from "./words.js";

const say = await words("list", lang);

const evening = 18;
const morning = 9;

// moments are those that are one click away, the soonest first.
function moments() {
  const now = store.serverNow();
  const monday = weekday(1, true, new Date(now)); // of the coming week
  const list = [
    ["hour", Math.ceil((now + HOUR) / (5 * MINUTE)) * 5 * MINUTE],
    ["evening", clock(now, 0, evening)],
    ["tomorrow", clock(now, 1, morning)],
    ["monday", clock(now, monday, morning)],
  ];
  return list.filter(([key, at]) => at > now + HOUR / 2 && !(key === "monday" && monday === 1));
}

// local is a moment as <input type=datetime-local> wants it.
const local = (at) => new Date(at - new Date(at).getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);

export function PutOff({ ids }) {
  const [own, setOwn] = useState("");
  const [wrong, setWrong] = useState("");
  const shut = () => { store.dialog.value = null; };
  const list = ids.map((id) => store.conversations.value.get(id)).filter(Boolean);
  if (!list.length) return null;
  const one = list.length === 1 && list[0];
  const now = store.serverNow();

  const choose = async (until) => {
    if (!one) { shut(); return each(list, (c) => putOff(c, until), "did_later"); }
    try {
      await putOff(one, until);
    } catch (e) {
      return setWrong(e.message || t("not_done"));
    }
    shut();
    if (store.selected.peek() === one.id) leave();
    store.toast(say(until ? "later_toast" : "later_toast_word", { Name: one.contact.name, Time: until && moment(until, now) }));
  };
  const submit = (e) => {
    e.preventDefault();
    const at = new Date(own).getTime();
    if (at) choose(at);
    else setWrong(say("later_when"));
  };
  return html`<${Dialog} title=${one ? say("later_title", { Name: one.contact.name }) : say("later_many", { Count: list.length })} cls="ls-later" onClose=${shut}>
    <form class="dlg-b" onSubmit=${submit}>
      <p class="muted small">${say("later_text")}</p>
      <div class="ls-times">${moments().map(([key, at]) => html`<button type="button" key=${key} class="ls-time answer" onClick=${() => choose(at)}><span class="grow">${say("later_" + key)}</span><span class="num muted">${key === "hour" || key === "evening" ? time(at) : moment(at, now)}</span></button>`)}
        <button type="button" class="ls-time answer" onClick=${() => choose()}><span class="grow">${say("later_word")}</span><${Icon} name="message-circle" /></button></div>
      <div class="ls-own"><label class="inp grow"><span>${say("later_own")}</span><input type="datetime-local" value=${own} min=${local(now)} max=${local(now + 365 * 24 * HOUR)} onInput=${(e) => { setOwn(e.target.value); setWrong(""); }} aria-invalid=${wrong ? "true" : undefined} /></label><button class="btn pri" disabled=${!own}>${t("later")}</button></div>
      ${wrong && html`<p class="err" role="alert">${wrong}</p>`}
    </form>
  <//>`;
}
