// The dialogs of the first steps: the way in as a QR code, and an account for a
// colleague.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Dialog, Icon } from "./parts.js";
import { Input, useForm } from "./form.js";
import { post } from "./api.js";
import { loadDesk } from "./loading.js";
import { copy } from "./steps.js";
import * as store from "./store.js";
import { t } from "./words.js";

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
