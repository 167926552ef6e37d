// All that the right pane shows of the customer of one conversation.
import { html, useEffect } from "../../vendor/preact-11.2.0.js";
import { Features } from "./features.js";
import { Merged } from "./merged.js";
import { Notes } from "./notes.js";
import { Past } from "./past.js";
import { Profile } from "./profile.js";
import { Tags } from "./tags.js";
import { Trail } from "./trail.js";
import { Ways } from "./ways.js";
import { cardOf, load } from "./cards.js";
import * as store from "../store.js";
import { t } from "../words.js";

export function Person({ c }) {
  const id = c.contact.customer;
  const { blocked, name, level } = c.contact;
  useEffect(() => { if (id) load(id); }, [id, c.id, c.status, c.rating, name, level, blocked?.since]);
  const card = cardOf(id);
  if (!id) return html`<div class="sec"><${Profile} c=${c} card=${{ customer: { name: c.contact.name }, anonymous: true }} /></div>`;
  if (!card) return null;
  if (card.failed) return html`<div class="nothing"><p>${card.failed}</p></div>`;
  return html`<${Card} key=${id} c=${c} card=${card} />`;
}

function Card({ c, card }) {
  return html`<section class="sec"><${Profile} c=${c} card=${card} /></section><${Merged} card=${card} />
    <${Tags} c=${c} card=${card} /><${Notes} c=${c} card=${card} /><${Features} c=${c} /><${Trail} c=${c} card=${card} /><${Ways} c=${c} card=${card} /><${Past} c=${c} card=${card} />
    ${store.may("audit.see") && html`<section class="sec"><a class="small" href=${"/admin/audit?object=customers:" + card.customer.id}>${t("who_touched")}</a></section>`}`;
}
