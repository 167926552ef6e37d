// The owner's first three steps: try the chat, put it on a page, get help.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Dialog, Icon, IconButton } from "./parts.js";
import { Input, useForm } from "./form.js";
import { post } from "./api.js";
import { loadDesk } from "./loading.js";
import * as store from "./store.js";
import { t } from "./words.js";

const copy = (text) => navigator.clipboard?.writeText(text).then(() => store.toast(t("copied")), () => store.toast(t("copy_failed"), "bad"));

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

export function QR() {
  const { chat_url: url, qr_url: picture, snippet } = store.desk.value.first_steps ?? {};
  return html`<${Dialog} title=${t("ways_in")} onClose=${() => { store.dialog.value = null; }} cls="narrow">
    <div class="dlg-b qr"><img src=${picture} alt=${t("steps_qr_alt")} width="220" height="220" /><p class="muted">${t("steps_qr_text")}</p><a href=${url} target="_blank" rel="noopener">${url}</a>
      <p class="muted">${t("steps_embed_text")}</p><code>${snippet}</code><button type="button" class="btn sm" onClick=${() => copy(snippet)}><${Icon} name="copy" />${t("copy")}</button></div>
  <//>`;
}

// Colleague makes an account. Its first password is shown once and to nobody else.
export function Colleague() {
  const [made, setMade] = useState(null);
  const { wrong, busy, submit } = useForm(["nickname", "email", "role"], async (fields) => {
    setMade({ email: fields.email, ...(await post("staff", fields)) });
    loadDesk().catch(() => {}); // the newcomer can be transferred to at once
  });
  const done = () => { store.dialog.value = null; };
  if (made) {
    const text = t("invite_text", { Shop: store.desk.value.shop.name, URL: location.origin + "/sign-in", Email: made.email, Password: made.password });
    return html`<${Dialog} title=${t("colleague_made")} onClose=${done}><div class="dlg-b"><p>${t("colleague_once")}</p><pre class="invite">${text}</pre></div>
      <div class="dlg-f"><button type="button" class="btn" onClick=${done}>${t("done")}</button><button type="button" class="btn pri" onClick=${() => copy(text)}><${Icon} name="copy" />${t("copy")}</button></div><//>`;
  }
  return html`<${Dialog} title=${t("steps_add")} onClose=${done}><form onSubmit=${submit}><div class="dlg-b">
    <${Input} name="nickname" type="text" label=${t("colleague_nickname")} placeholder=${t("colleague_nickname_hint")} wrong=${wrong.nickname} required maxlength="100" />
    <${Input} name="email" type="email" label=${t("colleague_email")} placeholder="name@example.com" wrong=${wrong.email} required maxlength="100" />
    <label class="inp"><span>${t("colleague_role")}</span><select name="role"><option value="agent">${t("role_agent")}</option><option value="supervisor">${t("role_supervisor")}</option></select></label>
    ${wrong.all && html`<p class="err" role="alert">${wrong.all}</p>`}</div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${done}>${t("cancel")}</button><button class="btn pri" disabled=${busy}>${t("colleague_create")}</button></div></form><//>`;
}
