// All conversations with the customer, with what they were rated. One of the open
// thread is gone to there; another one is opened.
import { html, useState } from "../../vendor/preact-11.2.0.js";
import { Face } from "../parts.js";
import { get } from "../api.js";
import { toEntry } from "../jump.js";
import { lastWords } from "../list.js";
import { select } from "../select.js";
import { put } from "./cards.js";
import { tried } from "../tried.js";
import { Section } from "./section.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { date, t } from "../words.js";

// go opens a conversation where it began: of the open thread that is further up.
async function go(x) {
  await select(x.id);
  get(`conversations/${x.id}/thread?since=${encodeURIComponent(x.opened)}`).then(({ at }) => toEntry(x.id, at), () => {}); // it is open all the same
}

export function Past({ c, card }) {
  const [busy, setBusy] = useState(false);
  const id = card.customer.id;
  const list = card.conversations.filter((x) => x.id !== c.id);
  const more = async () => {
    setBusy(true);
    await tried(get(`customers/${id}/conversations?before=${card.conversations_next}`).then((older) =>
      put(id, (now) => ({ conversations: [...now.conversations, ...older.conversations], conversations_next: older.conversations_next }))));
    setBusy(false);
  };
  return html`<${Section} id="past" title=${t("past")} count=${Math.max(0, card.times - 1)}>
    ${list.length ? html`<ul class="mini">${list.map((x) => html`<${One} key=${x.id} x=${x} />`)}</ul>` : html`<p class="muted small">${t("none_yet")}</p>`}
    ${card.conversations_next && html`<button type="button" class="as-link small more" disabled=${busy} onClick=${more}>${p("past_more")}</button>`}<//>`;
}

function One({ x }) {
  const solved = { yes: t("rated_solved"), no: t("rated_unsolved") }[x.resolved];
  return html`<li><button type="button" onClick=${() => go(x)}>
    <span class="grow"><span class="trunc block">${lastWords(x.last) || t("no_words")}</span>
      <small class="trunc block">${[x.assignee?.name, x.status !== "closed" && p("under_way"), solved, x.comment && `“${x.comment}”`].filter(Boolean).join(" · ")}</small></span>
    ${x.rating ? html`<${Face} score=${x.rating} />` : ""}<time class="x" datetime=${x.opened}>${date(Date.parse(x.opened), store.serverNow())}</time></button></li>`;
}
