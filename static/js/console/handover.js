// What one should know who goes on with a conversation: who served the customer
// before and when, what they left word of, whose question it stays, and what was
// promised. And, while somebody waits, why.
import { html, signal, useEffect } from "../vendor/preact-11.2.0.js";
import { Avatar, Icon, IconButton } from "./parts.js";
import { get } from "./api.js";
import { Text } from "./text.js";
import * as store from "./store.js";
import { moment, short, t, time } from "./words.js";

const facts = signal(new Map()); // conversation → GET conversations/{id}/handover
const folded = signal(new Map()); // conversation → the card was put away

const again = 10_000; // why somebody waits changes with who is there

// whyOf says why a conversation waits, "" while it is not known.
export const whyOf = (c) => saidWhy(facts.value.get(c.id)?.why);

// saidWhy is the server's reason in words.
export function saidWhy(why) {
  if (!why) return "";
  const until = why.until ? moment(Date.parse(why.until), store.serverNow()) : "";
  return t(why.kind === "off_hours" && !until ? "why_closed" : "why_" + why.kind, { Count: why.of ?? 0, Name: why.staff?.name ?? "", Time: until });
}

async function load(id) {
  try {
    store.setIn(facts, id, await get(`conversations/${id}/handover`));
  } catch {
    // it is shown without; the next look asks again
  }
}

export function Handover({ c }) {
  const waits = c.status === "waiting";
  useEffect(() => {
    load(c.id);
    const timer = waits && setInterval(() => load(c.id), again);
    return () => clearInterval(timer);
  }, [c.id, c.status, c.assignee?.id]);
  const known = facts.value.get(c.id);
  if (!known || c.status === "closed" || folded.value.get(c.id)) return null;
  const { served, note } = known;
  const owner = c.owner && c.owner.id !== c.assignee?.id ? c.owner : null;
  if (!served && !note && !owner) return null;
  const now = store.serverNow();
  return html`<aside class=${note ? "handover noted" : "handover"} aria-label=${t("handover")}>
    <div class="row">${served && html`<${Avatar} who=${served.staff} size="xs" /><span>${t("handover_served", { Name: served.staff.name, Time: at(served.time, now) })}</span>`}
      ${owner && html`<span class="tag">${t("owner_is", { Name: owner.id === store.you.value.id ? t("you_object") : owner.name })}</span>`}
      <${IconButton} icon="x" cls="sm" label=${t("handover_fold")} onClick=${() => store.setIn(folded, c.id, true)} /></div>
    ${note && html`<p><${Icon} name="transfer" size="sm" /><span><b>${note.staff.name}</b> <${Text} text=${note.text} /></span></p>`}
  </aside>`;
}

const at = (stamp, now) => { const ms = Date.parse(stamp); const day = short(ms, now); return day === time(ms) ? day : `${day} ${time(ms)}`; };
