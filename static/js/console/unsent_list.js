// The list of what has not left yet: each says why, can be tried again or thrown
// away, and leads to its conversation.
import { html, useEffect } from "../vendor/preact-11.2.0.js";
import { Avatar, Dialog, Icon } from "./parts.js";
import { get } from "./api.js";
import { discard, post, retry } from "./link.js";
import { lastWords } from "./list.js";
import { select } from "./select.js";
import { unsent } from "./unsent.js";
import * as store from "./store.js";
import { short, t } from "./words.js";

const shut = () => { store.dialog.value = null; };

// drop throws a text away, and gives it back if that was a mistake.
function drop(x) {
  discard(x.id);
  const { conversation, kind, text, data, quote } = x;
  store.toast(t("unsent_dropped"), "", text && { text: t("undo"), run: () => post({ conversation, kind, text, ...(data && { data }), ...(quote && { quote }) }) });
}

function Row({ x }) {
  const c = store.conversations.value.get(x.conversation);
  const failed = x.state === "failed";
  return html`<li>
    <${Avatar} who=${c?.contact} size="sm" />
    <button type="button" class="un-to" onClick=${() => { shut(); select(x.conversation); }}>
      <b class="trunc">${c?.contact?.name ?? t("conversation")}</b>${x.kind === "note" && html`<span class="tag y">${t("note")}</span>`}<time>${short(Date.parse(x.time), store.serverNow())}</time>
      <span class="un-w trunc">${lastWords({ kind: x.kind, text: x.text ?? x.file?.name })}</span>
      <small class=${failed ? "bad" : ""}>${failed ? x.problem || t("send_failed") : t(store.link.value.state === "ready" ? "sending" : "unsent_waits")}</small></button>
    ${failed && !x.final && html`<button type="button" class="btn sm" onClick=${() => retry(x.id)}>${t("retry")}</button>`}
    <button type="button" class="btn sm ghost" onClick=${() => drop(x)}>${t("delete")}</button></li>`;
}

export function UnsentList() {
  const list = unsent();
  const unknown = [...new Set(list.map((x) => x.conversation))].filter((id) => !store.conversations.value.has(id)).join();
  useEffect(() => { for (const id of unknown.split(",").filter(Boolean)) get("conversations/" + id).then(({ conversation }) => store.upsert(conversation), () => {}); }, [unknown]);
  return html`<${Dialog} title=${t("unsent_title")} onClose=${shut} cls="unsent-d"><div class="dlg-b">
    ${list.length ? html`<ul class="un-list">${list.map((x) => html`<${Row} key=${x.id} x=${x} />`)}</ul>` : html`<div class="nothing"><${Icon} name="circle-check" /><p>${t("unsent_none")}</p></div>`}
  </div><//>`;
}
