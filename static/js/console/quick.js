// A new quick reply, from a message that was worth keeping or from nothing.
import { html } from "../vendor/preact-11.2.0.js";
import { Dialog } from "./parts.js";
import { Input, useForm } from "./form.js";
import { post } from "./api.js";
import * as store from "./store.js";
import { t } from "./words.js";

// proposed is a title for a text: its first clause that says something.
function proposed(text) {
  const clauses = text.replace(/\{[^{}]*\}/g, "").split(/[，。！？；：、,.!?;:～~\n]+/).map((x) => x.trim()).filter(Boolean);
  const greeting = /^(亲|您好|你好|好的|在的|嗯|哈喽|hi|hello|非常抱歉|抱歉|不好意思|感谢|谢谢).{0,3}$/i;
  return [...(clauses.find((x) => !greeting.test(x)) ?? clauses[0] ?? "")].slice(0, 16).join("");
}

export function NewReply({ text = "", picture }) {
  const done = () => { store.dialog.value = null; };
  const { wrong, busy, submit } = useForm(["code", "title", "text", "category", "scope"], async (fields) => {
    const { quick_reply: reply } = await post("quick-replies", { ...fields, message: picture?.id });
    store.desk.value = { ...store.desk.value, quick_replies: [...store.desk.value.quick_replies, reply] };
    done();
    store.toast(t("quick_added", { Code: reply.code || reply.title }));
  });
  return html`<${Dialog} title=${t("quick_new")} onClose=${done}><form onSubmit=${submit}><div class="dlg-b">
    ${picture && html`<img class="quick-pic" src=${picture.file.url} alt=${t("picture")} />`}
    <div class="pair"><${Input} name="code" type="text" label=${t("quick_code")} placeholder=${t("quick_code_hint")} wrong=${wrong.code} maxlength="20" />
      <${Input} name="title" type="text" label=${t("quick_title")} defaultValue=${proposed(text)} placeholder=${t("quick_title_hint")} wrong=${wrong.title} required maxlength="60" /></div>
    <${Input} name="text" label=${t("quick_text")} defaultValue=${text} wrong=${wrong.text} required maxlength="5000" />
    <p class="muted small">${t("quick_places")}</p>
    ${store.may("quick_replies.edit") ? html`<label class="inp"><span>${t("quick_scope")}</span><select name="scope"><option value="staff">${t("scope_staff")}</option><option value="shop">${t("scope_shop")}</option></select></label>`
      : html`<input type="hidden" name="scope" value="staff" />`}
    ${wrong.all && html`<p class="err" role="alert">${wrong.all}</p>`}</div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${done}>${t("cancel")}</button><button class="btn pri" disabled=${busy}>${t("save")}</button></div></form><//>`;
}
