// May I be given conversations: the switch above the list, and the large button
// for those who have not begun. Whoever leaves while customers are with them is
// asked once what is to become of these.
import { effect, html, useState } from "../vendor/preact-11.2.0.js";
import { Icon, Menu } from "./parts.js";
import { tell } from "./link.js";
import * as alerts from "./alerts.js";
import * as store from "./store.js";
import { t } from "./words.js";

const reasons = ["meal", "meeting", "rest", "other"];
const looks = { online: "", break: "away", offline: "off" };

// The reason of a break for new conversations alone, as the server knows it: it
// hands on nothing meanwhile.
export const finishing = "finish";

let meant = null; // chosen while there was no connection: told once there is

effect(() => {
  if (store.link.value.state === "ready" && meant) queueMicrotask(() => meant && setPresence(...meant));
});

// Whoever was to be offline after the last conversation is, when that has ended.
effect(() => {
  const you = store.you.value;
  if (you?.presence !== "break" || you.presence_reason !== finishing || !store.complete.value.mine || store.mineOpen.value.length) return;
  queueMicrotask(() => { setPresence("offline"); store.toast(t("finished_offline")); });
});

export function setPresence(status, reason) {
  meant = tell("presence", { status, ...(reason && { reason }) }) ? null : [status, reason];
  store.presence({ staff: store.you.peek().id, status, reason });
  if (status === "online") alerts.allow();
}

// choose sets it, or asks first where somebody would be left behind.
export function choose(status, reason) {
  const mine = store.mineOpen.peek();
  const left = status === "offline" ? mine : status === "break" && store.you.peek().presence === "online" ? mine.filter((c) => c.waiting_since) : [];
  if (left.length && store.you.peek().presence !== "offline") store.dialog.value = { kind: "leaving", status, reason };
  else setPresence(status, reason);
}

// reasonName is a break's reason in words; people may write their own.
export const reasonName = (reason) => (reasons.includes(reason) || reason === finishing ? t("reason_" + reason) : reason);

export function Presence({ start }) {
  const [open, setOpen] = useState(false);
  const you = store.you.value;
  const set = (status, reason) => { setOpen(false); choose(status, reason); };
  if (start) return html`<button type="button" class="btn pri" onClick=${() => set("online")}><${Icon} name="player-play" />${t("start_serving")}</button>`;
  const reason = you.presence === "break" && you.presence_reason;
  return html`<span class="pop-at">
    <button type="button" class=${`status ${looks[you.presence]}`} aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}>
      <span class="sr">${t("presence")} </span>${reason ? reasonName(reason) : t("presence_" + you.presence)} <span class="num">${store.counts.value.mine}/${you.cap}</span><${Icon} name="chevron-down" size="sm" /></button>
    ${open && html`<${Menu} label=${t("presence")} cls="right" onClose=${() => setOpen(false)}>
      ${["online", "break", "offline"].map((s) => html`<button type="button" role="menuitemradio" key=${s} aria-checked=${you.presence === s && !reason} onClick=${() => set(s)}>
        <span class=${`dot ${s}`} />${t("presence_" + s)}<small>${t("presence_hint_" + s)}</small></button>`)}
      <hr /><div class="reasons" role="group" aria-label=${t("break_reasons")}>${reasons.map((r) => html`<button type="button" role="menuitemradio" key=${r} class="chip" aria-checked=${reason === r} onClick=${() => set("break", r)}>${t("reason_" + r)}</button>`)}</div>
    <//>`}
  </span>`;
}
