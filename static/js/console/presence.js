// May I be given conversations: the switch above the list, and the large button
// for those who have not begun.
import { effect, html, useState } from "../vendor/preact-11.2.0.js";
import { Icon, Menu } from "./parts.js";
import { tell } from "./link.js";
import * as alerts from "./alerts.js";
import * as store from "./store.js";
import { t } from "./words.js";

const reasons = ["meal", "meeting", "rest", "other"];
const looks = { online: "", break: "away", offline: "off" };

let meant = null; // chosen while there was no connection: told once there is

effect(() => {
  if (store.link.value.state === "ready" && meant) queueMicrotask(() => meant && setPresence(...meant));
});

function setPresence(status, reason) {
  meant = tell("presence", { status, ...(reason && { reason }) }) ? null : [status, reason];
  store.presence({ staff: store.you.peek().id, status, reason });
  if (status === "online") alerts.allow();
}

export function Presence({ start }) {
  const [open, setOpen] = useState(false);
  const you = store.you.value;
  const set = (status, reason) => { setOpen(false); setPresence(status, reason); };
  if (start) return html`<button type="button" class="btn pri" onClick=${() => set("online")}><${Icon} name="player-play" />${t("start_serving")}</button>`;
  const reason = you.presence === "break" && you.presence_reason;
  return html`<span class="pop-at">
    <button type="button" class=${`status ${looks[you.presence]}`} aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}>
      <span class="sr">${t("presence")} </span>${reason ? (reasons.includes(reason) ? t("reason_" + reason) : reason) : t("presence_" + you.presence)} <span class="num">${store.counts.value.mine}/${you.cap}</span><${Icon} name="chevron-down" size="sm" /></button>
    ${open && html`<${Menu} label=${t("presence")} cls="right" onClose=${() => setOpen(false)}>
      ${["online", "break", "offline"].map((s) => html`<button type="button" role="menuitemradio" key=${s} aria-checked=${you.presence === s && !reason} onClick=${() => set(s)}>
        <span class=${`dot ${s}`} />${t("presence_" + s)}<small>${t("presence_hint_" + s)}</small></button>`)}
      <hr /><div class="reasons" role="group" aria-label=${t("break_reasons")}>${reasons.map((r) => html`<button type="button" role="menuitemradio" key=${r} class="chip" aria-checked=${reason === r} onClick=${() => set("break", r)}>${t("reason_" + r)}</button>`)}</div>
    <//>`}
  </span>`;
}
