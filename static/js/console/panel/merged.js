// What stands above the rest of a customer who was merged lately, or is blocked:
// why, by whom, until when, and the way back.
import { html } from "../../vendor/preact-11.2.0.js";
import { Icon } from "../parts.js";
import { post } from "../api.js";
import { load } from "./cards.js";
import { tried } from "../tried.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { moment, t } from "../words.js";

export function Merged({ card }) {
  const now = store.serverNow();
  const list = card.merges.filter((m) => Date.parse(m.until) > now);
  if (!list.length) return null;
  const undo = async (m) => {
    if (!(await tried(post(`customers/${card.customer.id}/merges/${m.id}/undo`)))) return;
    store.toast(p("unmerged"));
    await load(card.customer.id);
  };
  return html`<section class="sec told">${list.map((m, i) => html`<div class="row" key=${m.id}><${Icon} name="arrows-join" /><span class="grow">${p("merged_with", { Name: m.gone.name || p("stranger"), By: m.staff.name || t("somebody") })}
    <small>${p("merged_until", { Time: moment(Date.parse(m.until), now) })}</small></span>
    ${store.may("customers.merge") && i === 0 && html`<button type="button" class="as-link" onClick=${() => undo(m)}>${p("undo")}</button>`}</div>`)}</section>`;
}
