// One entry of the timeline: a bubble, a note, or a system line.
import { html } from "../vendor/preact-11.2.0.js";
import { Avatar, Icon, IconButton } from "./parts.js";
import { eventLine } from "./events.js";
import { Card, File, Picture } from "./attachment.js";
import { Text } from "./text.js";
import { recall } from "./acts.js";
import { wordsOf } from "./again.js";
import { copyPicture, copyText } from "./copying.js";
import { toEntry } from "./jump.js";
import { discard, retry } from "./link.js";
import { Offer, RemindTool } from "./promised.js";
import * as composer from "./composing.js";
import * as store from "./store.js";
import { t, time } from "./words.js";

const recallable = 120_000; // protocol: within 2 minutes
const editable = 300_000; // what was taken back can be edited again for so long

// young reports whether something is newer than that; whoever asks is drawn again
// once it is not.
function young(when, age) {
  const is = () => store.serverNow() - Date.parse(when) < age;
  return is() && (store.now.value, is());
}

export const own = (m) => m.from?.kind === "staff" && m.from.id === store.you.value.id;

// Entry draws m. joined: it continues the run above; receipt: "", sent, read.
export function Entry({ m, joined, receipt, quoted, state }) {
  if (m.kind === "event") {
    const line = eventLine(m);
    return line && html`<div class="sys" data-entry=${m.id}>${line}</div>`;
  }
  if (m.recalled) return html`<${RecalledLine} m=${m} />`;
  if (m.kind === "note") return html`<${Note} m=${m} state=${state} />`;
  const me = own(m);
  const side = m.from.kind === "visitor" ? "" : m.from.kind === "bot" ? " bot" : me ? " me" : " me mate";
  return html`<div class=${`m${side}${joined ? " cont" : ""}${state ? " " + state : ""}`} data-entry=${m.id}>
    <${Face} m=${m} />
    <div class="bd">
      ${!joined && html`<div class="who">${!me && html`<b>${m.from.name || t("bot_name")}</b>`}${m.from.kind === "bot" && t("bot")}<time datetime=${m.time}>${time(Date.parse(m.time))}</time></div>`}
      <div class="line" tabindex="-1"><${Content} m=${m} quoted=${quoted} state=${state} />${!state && html`<${Tools} m=${m} me=${me} />`}</div>
      <${Receipt} receipt=${receipt} state=${state} m=${m} />
      ${me && !state && html`<${Offer} m=${m} />`}
    </div>
  </div>`;
}

function Face({ m }) {
  if (m.from.kind === "bot") return html`<span class="av a8" aria-hidden="true"><${Icon} name="robot" /></span>`;
  return html`<${Avatar} who=${m.from} />`;
}

const modeOf = (m) => (m.kind === "note" ? "note" : "reply");

function RecalledLine({ m }) {
  const me = own(m);
  const was = me && m.back && young(m.back, editable) && wordsOf(m.id);
  const text = me ? t("recalled_you") : t("recalled_by", { Name: m.from.name });
  return html`<div class="sys" data-entry=${m.id}>${text}
    ${was && html` <button type="button" class="as-link" onClick=${() => composer.insert(was, modeOf(m))}>${t("re_edit")}</button>`}</div>`;
}

function Note({ m, state }) {
  return html`<div class=${`note${state ? " " + state : ""}${m.data?.mentions?.includes(store.you.value.id) ? " mine" : ""}`} data-entry=${m.id} tabindex="-1">
    <div class="who"><${Icon} name="lock" size="sm" />${t("note_by", { Name: m.from.name, Time: time(Date.parse(m.time)) })}</div>
    <${Text} text=${m.text} names=${(m.data?.mentions ?? []).map((id) => store.colleague(id)?.name)} />
    ${!state && html`<${Tools} m=${m} me=${own(m)} />`}<${Receipt} state=${state} m=${m} />
  </div>`;
}

function Content({ m, quoted, state }) {
  const quote = quoted && html`<button type="button" class="quote" title=${t("quote_go")} onClick=${() => toEntry(m.conversation, m.quote)}>${quoted}</button>`;
  if (m.kind === "image") return html`<${Picture} m=${m} state=${state} />`;
  if (m.kind === "file") return html`<${File} m=${m} state=${state} />`;
  if (m.kind === "product" || m.kind === "order") return html`<${Card} m=${m} />`;
  if (m.data?.form?.fields?.length && m.from.kind === "visitor") return html`<div class="bub">${quote}<${Form} m=${m} /></div>`;
  const big = !quoted && /^(\p{Extended_Pictographic}(\u200d\p{Extended_Pictographic}|\ufe0f)*){1,3}$/u.test(m.text ?? "");
  return html`<div class=${big ? "bub big" : "bub"}>${quote}<${Text} text=${m.text} />${options(m)}</div>`;
}

const options = (m) => m.from.kind === "bot" && m.data?.entries?.length > 0 &&
  html`<div class="opts">${m.data.entries.map((x) => html`<span key=${x.id ?? x.text}>${x.text}</span>`)}</div>`;

const keepable = (m) => m.from.kind === "staff" && (m.kind === "text" || (m.kind === "image" && m.file?.url));

// What a visitor filled in of a question's form. Its words say the same to whoever cannot show it.
function Form({ m }) {
  const [title] = m.text.split("\n", 1);
  return html`<b class="filled-h"><${Icon} name="list-check" size="sm" />${title}</b>
    <dl class="filled">${m.data.form.fields.map((f) => html`<div key=${f.name}><dt>${f.label}</dt><dd><${Text} text=${f.value} /></dd></div>`)}</dl>`;
}

// Tools stand beside a bubble under the pointer or the focus.
function Tools({ m, me }) {
  const now = store.current.value;
  const serving = store.mine(now) && now.status !== "closed";
  const note = m.kind === "note";
  return html`<div class="tools">
    ${serving && !note && html`<${IconButton} icon="message-reply" cls="sm" label=${t("quote")} onClick=${() => composer.quote(m)} />`}
    ${m.text && html`<${IconButton} icon="copy" cls="sm" label=${t("copy")} onClick=${() => copyText(m.text)} />`}
    ${m.kind === "image" && m.file?.url && html`<${IconButton} icon="copy" cls="sm" label=${t("copy_picture")} onClick=${() => copyPicture(m.file.url)} />`}
    ${keepable(m) && html`<${IconButton} icon="bolt" cls="sm" label=${t("quick_keep")} onClick=${() => { store.dialog.value = { kind: "quick", text: m.text, picture: m.kind === "image" ? m : null }; }} />`}
    ${me && !note && now.status !== "closed" && html`<${RemindTool} m=${m} />`}
    ${me && young(m.time, recallable) && html`<${IconButton} icon="arrow-back-up" cls="sm" label=${t("recall")} onClick=${() => recall(m)} />`}
  </div>`;
}

// Receipt is a mark below: how far one's word has come, or that it failed.
function Receipt({ receipt, state, m }) {
  if (state === "failed") {
    return html`<div class="rc fail" role="alert"><${Icon} name="alert-circle" />${m.problem || t("send_failed")}
      ${!m.final && html`<button type="button" class="as-link" onClick=${() => retry(m.id)}>${t("retry")}</button>`}
      ${m.text && m.final && html`<button type="button" class="as-link" onClick=${() => { composer.insert(m.text, modeOf(m)); discard(m.id); }}>${t("re_edit")}</button>`}
      <button type="button" class="as-link" onClick=${() => discard(m.id)}>${t("delete")}</button></div>`;
  }
  if (state === "pending") return html`<div class="rc"><${Icon} name="clock" />${t("sending")}</div>`;
  if (!receipt) return null;
  return html`<div class=${`rc ${receipt}`}><${Icon} name=${receipt === "read" ? "checks" : "check"} />${t("receipt_" + receipt)}</div>`;
}
