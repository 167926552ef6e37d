// That a customer may not write: why, by whom, until when, and how they may again.
import { html } from "../../vendor/preact-11.2.0.js";
import { Icon } from "../parts.js";
import { remove } from "../api.js";
import { load } from "./cards.js";
import { tried } from "../tried.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { moment, t } from "../words.js";

export const mayBlock = () => store.may("customers.block");

export const openBlock = (c, card) => { store.dialog.value = { kind: "block", customer: card.customer.id, name: card.customer.name || c.contact.name, now: blockOf(c) }; };

// blockOf is the block that holds now: one that has ended is none.
const blockOf = (c) => {
  const b = c.contact.blocked;
  return b && (!b.until || Date.parse(b.until) > store.now.value) ? b : null;
};

export function Blocked({ c, card }) {
  const b = blockOf(c);
  if (!b) return null;
  const now = store.serverNow();
  const lift = async () => {
    if (!(await tried(remove(`customers/${card.customer.id}/block`)))) return;
    store.toast(p("unblocked_toast"));
    await load(card.customer.id);
  };
  return html`<div class="bar-note" role="note"><${Icon} name="ban" /><div class="grow"><b>${b.until ? p("blocked_till", { Time: moment(Date.parse(b.until), now) }) : p("blocked_for_good")}</b>
    <div>${b.reason}</div><small>${b.staff?.name || t("somebody")}${b.since ? ` · ${moment(Date.parse(b.since), now)}` : ""}</small></div>
    ${mayBlock() && html`<button type="button" class="as-link" onClick=${lift}>${p("unblock")}</button>`}</div>`;
}
