// All that is kept of a customer as one file, for who asks for theirs.
import { html, useEffect, useState } from "../../vendor/preact-11.2.0.js";
import { Dialog, Icon } from "../parts.js";
import { get } from "../api.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { bytes, t } from "../words.js";

export const kinds = ["conversations", "messages", "files", "notes", "contacts", "pages", "reminders"];
const shut = () => { store.dialog.value = null; };

export function Export({ customer, name }) {
  const [found, setFound] = useState(null);
  const [wrong, setWrong] = useState("");
  const [began, setBegan] = useState(false);
  useEffect(() => { get(`customers/${customer}/export`).then(setFound, (e) => setWrong(e.message || t("not_done"))); }, []);
  return html`<${Dialog} title=${p("export_title", { Name: name })} onClose=${shut}>
    <div class="dlg-b"><p>${p("export_lead")}</p>${found && html`<${Held} of=${found} />`}<p>${p("export_what")}</p><p class="muted">${p("export_trail")}</p>
      ${wrong && html`<p class="err" role="alert">${wrong}</p>`}${began && html`<p class="row" role="status"><${Icon} name="circle-check" />${p("export_began")}</p>`}</div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${shut}>${t(began ? "done" : "cancel")}</button>
      ${!wrong && html`<${Taking} customer=${customer} words=${p("export_do")} main=${true} off=${!found} onTake=${() => setBegan(true)} />`}</div><//>`;
}

// Held is how much of a customer there is, by what it is.
export const Held = ({ of }) => html`<dl class="kv">${kinds.filter((k) => of.rows[k]).map((k) => html`<dt key=${k}>${p("erase_" + k)}</dt><dd class="num">${of.rows[k]}${k === "files" && of.bytes ? ` · ${bytes(of.bytes)}` : ""}</dd>`)}</dl>`;

// Taking asks for the file as a form does: the browser saves what comes while it
// comes, however much it is, and the page stays.
export const Taking = ({ customer, words, main, off, onTake, children }) => html`<form class="row" method="post" action=${`/desk/customers/${customer}/export`} onSubmit=${onTake}>
  ${children}<button class=${main ? "btn pri" : "btn"} disabled=${off}><${Icon} name="download" />${words}</button></form>`;
