// Blocking a customer: why, and until when.
import { html, useState } from "../../vendor/preact-11.2.0.js";
import { Dialog } from "../parts.js";
import { post } from "../api.js";
import { load } from "./cards.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { t } from "../words.js";

const hour = 3600_000;
const ends = [["hour", hour], ["day", 24 * hour], ["week", 7 * 24 * hour], ["ever", 0], ["own", NaN]];
const reasons = ["abuse", "spam", "fraud"];
const shut = () => { store.dialog.value = null; };

// local is a moment as <input type=datetime-local> wants it.
const local = (at) => new Date(at - new Date(at).getTimezoneOffset() * 60000).toISOString().slice(0, 16);

export function Block({ customer, name, now }) {
  const [end, setEnd] = useState("day");
  const [own, setOwn] = useState(local(store.serverNow() + 3 * 24 * hour));
  const [reason, setReason] = useState(now?.reason ?? "");
  const [wrong, setWrong] = useState(null);
  const submit = async (e) => {
    e.preventDefault();
    const length = Object.fromEntries(ends)[end];
    const until = end === "own" ? new Date(own).getTime() : length && store.serverNow() + length;
    try {
      await post(`customers/${customer}/block`, { reason: reason.trim(), ...(until && { until: new Date(until).toISOString() }) });
    } catch (err) {
      return setWrong(err);
    }
    shut();
    store.toast(p("blocked_toast", { Name: name }));
    return load(customer);
  };
  const says = (field) => wrong && (wrong.field === "until" ? "until" : "reason") === field && html`<p class="err" role="alert" id=${"wrong-" + field}>${wrong.message}</p>`;
  return html`<${Dialog} title=${p("block_title", { Name: name })} onClose=${shut}><form onSubmit=${submit}>
    <div class="dlg-b"><p class="muted">${p("block_lead")}</p>
      <label class="inp"><span>${p("block_why")}</span><textarea rows="2" maxlength="200" required value=${reason} onInput=${(e) => setReason(e.target.value)} aria-invalid=${wrong?.field === "reason"} aria-describedby="wrong-reason" />${says("reason")}</label>
      <div class="row wrap">${reasons.map((r) => html`<button type="button" class="chip" key=${r} aria-pressed=${reason === p("block_" + r)} onClick=${() => setReason(p("block_" + r))}>${p("block_" + r)}</button>`)}</div>
      <fieldset class="inp"><legend>${p("block_end")}</legend><div class="row wrap">${ends.map(([key]) => html`<button type="button" class="chip" key=${key} aria-pressed=${end === key} onClick=${() => setEnd(key)}>${p("block_" + key)}</button>`)}</div></fieldset>
      ${end === "own" && html`<label class="inp"><span>${p("block_until")}</span><input type="datetime-local" required value=${own} min=${local(store.serverNow())} onInput=${(e) => setOwn(e.target.value)} aria-describedby="wrong-until" /></label>`}${says("until")}
    </div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${shut}>${t("cancel")}</button><button class="btn pri">${p("block_do")}</button></div>
  </form><//>`;
}
