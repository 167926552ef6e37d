// The owner's first three steps: try the chat, put it on a page, get help.
import { html } from "../vendor/preact-11.2.0.js";
import { Icon, IconButton } from "./parts.js";
import { post } from "./api.js";
import * as store from "./store.js";
import { t } from "./words.js";

export const copy = (text) => navigator.clipboard?.writeText(text).then(() => store.toast(t("copied")), () => store.toast(t("copy_failed"), "bad"));

// Steps stands where there is room: in the empty thread, on a phone in the list.
export function Steps({ narrow }) {
  const steps = store.desk.value.first_steps;
  if (!steps || steps.done) return null;
  const dismiss = () => {
    post("desk/first-steps/dismiss").catch(() => {});
    store.desk.value = { ...store.desk.value, first_steps: { ...steps, done: true } };
  };
  const tried = store.conversations.value.size > 0;
  const two = store.desk.value.colleagues.length > 1;
  const number = (n, done) => html`<span class=${done ? "step done" : "step"} aria-hidden="true">${done ? html`<${Icon} name="check" />` : n}</span>`;
  return html`<section class=${narrow ? "steps narrow-steps" : "steps"} aria-label=${t("steps_title")}>
    <header><div><h2>${t("steps_title")}</h2><p>${t("steps_lead")}</p></div><${IconButton} icon="x" cls="sm" label=${t("steps_dismiss")} onClick=${dismiss} /></header>
    <ol>
      <li>${number(1, tried)}<b>${t("steps_try")}</b><p>${t("steps_try_text")}</p>
        <div class="row"><a class="btn sm" href=${steps.chat_url} target="_blank" rel="noopener"><${Icon} name="external-link" />${t("steps_open")}</a>
        <button type="button" class="btn sm ghost" onClick=${() => { store.dialog.value = { kind: "qr" }; }}><${Icon} name="qrcode" />${t("steps_qr")}</button></div></li>
      <li>${number(2, false)}<b>${t("steps_embed")}</b><p>${t("steps_embed_text")}</p><code>${steps.snippet}</code>
        <button type="button" class="btn sm" onClick=${() => copy(steps.snippet)}><${Icon} name="copy" />${t("copy")}</button></li>
      <li>${number(3, two)}<b>${t("steps_colleague")}</b><p>${t("steps_colleague_text")}</p>
        <button type="button" class="btn sm" onClick=${() => { store.dialog.value = { kind: "colleague" }; }}><${Icon} name="user-plus" />${t("steps_add")}</button></li>
    </ol>
  </section>`;
}
