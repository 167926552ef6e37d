// Erasing a customer for good: what there is, the warning that it does not come
// back, and the receipt.
import { html, useEffect, useState } from "../../vendor/preact-11.2.0.js";
import { Dialog, Icon } from "../parts.js";
import { get, post } from "../api.js";
import { copyText } from "../copying.js";
import { leave, select } from "../select.js";
import { p } from "./words.js";
import { Held, Taking, kinds } from "./export.js";
import * as store from "../store.js";
import { date, t, time } from "../words.js";

const shut = () => { store.dialog.value = null; };

export function Erase({ customer, contact, name }) {
  const [found, setFound] = useState(null);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const [receipt, setReceipt] = useState(null);
  const at = `customers/${customer}/erase`;
  useEffect(() => { get(at).then(setFound, (e) => setWrong(e.message || t("not_done"))); }, []);
  const erase = async () => {
    setBusy(true);
    try {
      setReceipt(await post(at, { end: found.open.length > 0 }));
    } catch (e) {
      const now = await get(at).catch(() => found); // they may have begun to speak meanwhile
      setBusy(false);
      setFound(now);
      return now.open.some((id) => !found.open.includes(id)) ? setSure(false) : setWrong(e.message || t("not_done"));
    }
    if (store.current.peek()?.contact?.id === contact) leave();
    store.upsert(...[...store.conversations.peek().values()].filter((c) => c.contact?.id === contact).map((c) => ({ id: c.id, gone: true })));
  };
  if (receipt) return html`<${Receipt} of=${receipt} />`;
  return html`<${Dialog} title=${p("erase_title", { Name: name })} onClose=${shut}>
    <div class="dlg-b"><p>${p("erase_lead")}</p>${found && html`<${Held} of=${found} />`}<p class="muted">${p("erase_backups")}</p>
      ${found?.open.length > 0 && html`<p class="row"><${Icon} name="alert-triangle" /><span class="grow">${p("erase_open")}</span><button type="button" class="btn sm" onClick=${() => { shut(); select(found.open[0]); }}>${p("erase_look")}</button></p>`}
      ${!wrong && store.may("customers.export") && html`<${Taking} customer=${customer} words=${p("export_save")}><span class="grow">${p("export_first")}</span><//>`}
      ${wrong ? html`<p class="err" role="alert">${wrong}</p>` : html`<label class="row"><input type="checkbox" checked=${sure} onChange=${(e) => setSure(e.target.checked)} /><span>${p("erase_sure")}</span></label>`}</div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${shut}>${t("cancel")}</button><button type="button" class="btn pri" disabled=${!found || !sure || busy || wrong} onClick=${erase}>${p(found?.open.length ? "erase_end_do" : "erase_do")}</button></div><//>`;
}

// Receipt is to be kept by whoever has to show that it was done; nothing in it is the
// customer's but the number that they had here.
function Receipt({ of }) {
  const when = Date.parse(of.at);
  const moment = `${date(when, store.serverNow())} ${time(when)}`;
  const words = [p("erase_done"), `${p("erase_id")} ${of.customer}`, `${p("erase_at")} ${of.at}`, `${p("erase_by")} ${of.staff.name}`, ...kinds.filter((k) => of.rows[k]).map((k) => `${p("erase_" + k)} ${of.rows[k]}`), p("erase_backups")].join("\n");
  return html`<${Dialog} title=${p("erase_done")} onClose=${shut}>
    <div class="dlg-b"><p class="row"><${Icon} name="circle-check" />${p("erase_done_text")}</p>
      <dl class="kv"><dt>${p("erase_id")}</dt><dd class="num">${of.customer}</dd><dt>${p("erase_at")}</dt><dd class="num">${moment}</dd><dt>${p("erase_by")}</dt><dd>${of.staff.name}</dd></dl><${Held} of=${of} /><p class="muted">${p("erase_backups")}</p>
      ${store.may("audit.see") && html`<p><a class="small" href=${"/admin/audit?object=customers:" + of.customer}>${p("erase_again")}</a></p>`}</div>
    <div class="dlg-f"><button type="button" class="btn" onClick=${() => copyText(words)}><${Icon} name="copy" />${p("erase_copy")}</button><button type="button" class="btn pri" onClick=${shut}>${t("done")}</button></div><//>`;
}
