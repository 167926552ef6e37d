// The question to somebody who goes off line, or on a break, while customers are
// with them. Each answer is one click, and does what it says at once.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Dialog, Icon, Wait } from "./parts.js";
import { pressing } from "./deadlines.js";
import { transfer } from "./acts.js";
import { select } from "./select.js";
import { finishing, setPresence } from "./presence.js";
import * as composing from "./composing.js";
import * as store from "./store.js";
import { t } from "./words.js";

const most = 5; // named one by one

export function Leaving({ status, reason }) {
  const [busy, setBusy] = useState(false);
  const off = status === "offline";
  const list = store.mineOpen.value.filter((c) => off || c.waiting_since);
  const owed = list.filter((c) => c.waiting_since).length;
  const close = () => { store.dialog.value = null; };
  const go = (how, why) => () => { close(); setPresence(how, why); };
  const first = () => { close(); if (list.length) { select(list[0].id); composing.ready(); } };
  const handOn = async () => {
    setBusy(true);
    const { done, wrong } = await handAll(list);
    close();
    if (!wrong) setPresence(status, reason); // else who leaves has to see to the rest
    store.toast(wrong ? t("leaving_stuck", { Count: list.length - done, Why: wrong }) : t("leaving_handed", { Count: done }), wrong ? "bad" : "");
  };
  const answers = off
    ? [["hourglass", "finish", go("break", finishing)], ["transfer", "hand", handOn], ["lock", "keep", go("offline", reason)]]
    : [["message-reply", "reply", first], ["transfer", "hand", handOn], ["coffee", "break", go("break", reason)]];
  return html`<${Dialog} title=${t(off ? "leaving_title" : "leaving_break_title", { Count: list.length })} onClose=${close}>
    <div class="dlg-b"><ul class="still">${list.slice(0, most).map((c) => html`<li key=${c.id}><span class="trunc grow">${c.contact?.name}</span>${c.waiting_since ? html`<${Wait} since=${c.waiting_since} by=${pressing(c)} />` : html`<span class="muted small">${t("answered")}</span>`}</li>`)}
      ${list.length > most && html`<li class="muted small">${t("and_more", { Count: list.length - most })}</li>`}</ul>
      <div class="answers">${answers.map(([icon, key, run]) => html`<button type="button" key=${key} class="answer" disabled=${busy} onClick=${run}>
        <${Icon} name=${icon} /><span><b>${t("leaving_" + key)}</b><small>${t(`leaving_${key}_text`, { Count: off ? owed : list.length })}</small></span></button>`)}</div>
    </div>
  <//>`;
}

// handAll gives each back to its group, or to mine where it has none.
async function handAll(list) {
  const { groups } = store.desk.peek();
  const own = store.you.peek().groups?.[0] ?? groups[0]?.id;
  let done = 0;
  for (const c of list) {
    try {
      await transfer(c.id, { group: c.group?.id ?? own });
      done++;
    } catch (e) {
      return { done, wrong: e.message || t("not_done") };
    }
  }
  return { done };
}
