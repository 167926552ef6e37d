// The ways on which one person comes: their contacts, one a channel or device.
import { html } from "../../vendor/preact-11.2.0.js";
import { Icon, channelIcon } from "../parts.js";
import { select } from "../select.js";
import { Section } from "./section.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { short, t } from "../words.js";

export function Ways({ c, card }) {
  const list = card.contacts;
  if (!list.length) return null;
  return html`<${Section} id="ways" title=${t("contacts")} count=${list.length > 1 ? list.length : 0}><ul class="ways">${list.map((w) => html`<${Way} key=${w.id} w=${w} c=${c} several=${list.length > 1} />`)}</ul><//>`;
}

function Way({ w, c, several }) {
  const mine = w.id === c.contact.id;
  const here = mine ? c.contact : w;
  const page = here.page;
  const name = w.channel?.name ?? t("somebody");
  return html`<li><${Icon} name=${channelIcon(w.channel?.kind)} /><div class="grow">
    <div class="row">${!mine && w.conversation ? html`<button type="button" class="as-link trunc" onClick=${() => select(w.conversation)}>${name}</button>` : html`<span class="trunc">${name}</span>`}
      ${several && mine && html`<span class="tag">${p("this_one")}</span>`}${here.blocked && html`<span class="tag y">${p("blocked")}</span>`}
      <span class="muted small end">${here.online ? html`<span class="dot on" />${t("online")}` : w.seen ? t("seen", { Time: short(Date.parse(w.seen), store.serverNow()) }) : ""}</span></div>
    ${(w.identity || several) && html`<div class="muted small trunc">${[several && w.name, w.identity && p("identity", { ID: w.identity })].filter(Boolean).join(" · ")}</div>`}
    ${!mine && page?.url && html`<div class="muted small trunc" title=${page.url}>${page.title || page.url}</div>`}</div></li>`;
}
