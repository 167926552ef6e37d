// The right pane: who the customer is, shown without asking. What it shows is
// fetched when the first conversation is opened.
import { html } from "../vendor/preact-11.2.0.js";
import { Icon, IconButton } from "./parts.js";
import { later, styled } from "./later.js";
import { openCustomer } from "./select.js";
import * as store from "./store.js";
import { t } from "./words.js";

const Person = later(() => Promise.all([import("./panel/person.js"), import("./panel/words.js").then((words) => words.load()), styled("panel")]).then(([module]) => module.Person), () => {});

export function Panel() {
  const c = store.current.value;
  return html`<aside class="side" id="customer" aria-label=${t("customer")} tabindex="-1">
    <div class="side-h"><h2>${t("customer")}</h2><${IconButton} icon="x" label=${t("close_dialog")} cls="side-x" onClick=${openCustomer} /></div>
    <div class="cnt scroll" tabindex="0" role="group" aria-label=${t("customer_details")}>
      ${c ? html`<${Person} c=${c} />` : html`<div class="nothing"><${Icon} name="user" /><p>${t("nothing_customer")}</p></div>`}
    </div>
  </aside>`;
}
