// Where the customer is on the shop's pages, since when, and where they came by.
import { html, signal, useEffect, useState } from "../../vendor/preact-11.2.0.js";
import { Elapsed, Icon, channelIcon } from "../parts.js";
import { get } from "../api.js";
import { Section, isOpen } from "./section.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { clock, day, sameDay, t, time } from "../words.js";

const trails = signal(new Map()); // customer → pages, newest first
const few = 6;

const web = (url) => /^https?:/.test(url ?? "");

const Title = ({ page }) => (web(page.url)
  ? html`<a class="trunc" href=${page.url} target="_blank" rel="noopener noreferrer nofollow" title=${page.url}>${page.title || page.url}</a>`
  : html`<span class="trunc">${page.title || page.url}</span>`);

export function Trail({ c, card }) {
  const [all, setAll] = useState(false);
  const id = card.customer.id;
  const since = c.contact.page?.since;
  const open = isOpen("trail");
  useEffect(() => {
    if (open) get(`customers/${id}/pages`).then(({ pages }) => store.setIn(trails, id, pages), () => {});
  }, [id, since, open]);
  const pages = trails.value.get(id);
  const source = card.contacts.find((w) => w.id === c.contact.id)?.source;
  const several = card.contacts.length > 1;
  const list = all ? pages : pages?.slice(0, few);
  return html`<${Section} id="trail" title=${p("trail")}>
    ${list?.length > 0 && html`<ol class="trail">${list.map((page, i) => html`<${Row} key=${page.contact + page.since} page=${page} here=${page.contact === c.contact.id && page.since === since && c.contact.online}
      new_day=${i > 0 && !sameDay(Date.parse(list[i - 1].since), Date.parse(page.since))} channel=${several && card.contacts.find((w) => w.id === page.contact)?.channel} />`)}</ol>`}
    ${pages?.length > few && !all && html`<button type="button" class="as-link small more" onClick=${() => setAll(true)}>${p("trail_more", { Count: pages.length - few })}</button>`}
    ${pages?.length === 0 && html`<p class="muted small">${p("trail_none")}</p>`}
    ${source && html`<p class="muted small from">${p("source")} ${web(source) ? html`<a href=${source} target="_blank" rel="noopener noreferrer nofollow" title=${source}>${new URL(source).host}</a>` : source}</p>`}<//>`;
}

function Row({ page, here, new_day, channel }) {
  const ms = Date.parse(page.since);
  const now = store.serverNow();
  const at = sameDay(ms, now) ? time(ms) : `${day(ms, now)} ${time(ms)}`;
  return html`<li class=${`${here ? "here" : ""}${new_day ? " gap" : ""}`}>
    <div class="row"><${Title} page=${page} />${channel && html`<${Icon} name=${channelIcon(channel.kind)} size="sm" />`}</div>
    <small>${here ? html`<b>${p("here_now")}</b> <${Elapsed} since=${ms} />` : html`<time datetime=${page.since}>${at}</time>${page.stayed ? ` · ${p("stayed", { Time: clock(page.stayed) })}` : ""}`}</small></li>`;
}
