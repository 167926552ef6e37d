// The console's settings: how this person likes it. Each choice is kept at once.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { words } from "../lib/words.js";
import { Dialog, Icon } from "./parts.js";
import { sounds } from "./sounds.js";
import * as account from "./account.js";
import * as alerts from "./alerts.js";
import { pref, setPref } from "./preferences.js";
import * as store from "./store.js";
import { lang, t } from "./words.js";

const say = await words("settle", lang);
const mod = store.meta.trim();

export function Settings() {
  const close = () => { store.dialog.value = null; };
  return html`<${Dialog} title=${say("title")} onClose=${close} cls="roomy settle">
    <div class="dlg-b scroll"><${Sending} /><${Sound} /><${Desktop} /><${Ringing} /><${Sight} /></div>
    <div class="dlg-f"><span class="muted small grow">${say("kept")}</span><button type="button" class="btn pri" onClick=${close}>${t("done")}</button></div>
  <//>`;
}

const Part = ({ icon, name, children }) => html`<section class="settle-p" aria-label=${name}><h3><${Icon} name=${icon} />${name}</h3>${children}</section>`;

const Choice = ({ name, value, on, run, title, text }) => html`<label class="settle-c"><input type="radio" name=${name} value=${value} checked=${on} onChange=${run} /><span class="grow"><b>${title}</b>${text && html`<small>${text}</small>`}</span></label>`;

const Switch = ({ on, run, title, text, disabled }) => html`<label class="settle-s"><span class="grow"><b>${title}</b>${text && html`<small>${text}</small>`}</span>
  <input type="checkbox" role="switch" checked=${on} disabled=${disabled} onChange=${(e) => run(e.target.checked)} /></label>`;

const Sending = () => html`<${Part} icon="send" name=${say("sending")}><div class="settle-two" role="radiogroup" aria-label=${say("sending")}>
  ${["enter", "mod"].map((x) => html`<${Choice} key=${x} name="enter" value=${x} on=${pref("enter") === x} run=${() => setPref("enter", x)} title=${say("send_" + x, { Mod: mod })} text=${say(`send_${x}_text`, { Mod: mod })} />`)}</div><//>`;

function Sound() {
  const muted = pref("muted");
  const pick = (x) => { setPref("sound", x); alerts.play(x); };
  return html`<${Part} icon=${muted ? "volume-off" : "volume"} name=${say("sound")}>
    <${Switch} on=${!muted} run=${(on) => setPref("muted", !on)} title=${say("sound_on")} />
    <div class="settle-sounds" role="radiogroup" aria-label=${say("sound_which")}>${Object.keys(sounds).map((x) => html`<${Choice} key=${x} name="sound" value=${x} on=${pref("sound") === x} run=${() => pick(x)} title=${say("sound_" + x)} />`)}</div>
    <div class="settle-v"><label class="grow"><span>${say("volume")}</span><input type="range" min="0" max="100" step="5" value=${pref("volume")} onChange=${(e) => { setPref("volume", Number(e.target.value)); alerts.play(); }} /></label><span class="num">${pref("volume")}</span>
      <button type="button" class="btn sm" onClick=${() => alerts.play()}><${Icon} name="player-play" />${say("try")}</button></div><//>`;
}

const permission = () => (window.Notification ? Notification.permission : "none");

function Desktop() {
  const [state, setState] = useState(permission());
  const ask = async () => { await Notification.requestPermission(); setState(permission()); };
  return html`<${Part} icon="device-desktop" name=${say("desktop")}>
    ${state === "default" && html`<div class="settle-ask"><span class="grow">${say("desktop_ask")}</span><button type="button" class="btn sm pri" onClick=${ask}>${say("desktop_allow")}</button></div>`}
    ${state === "denied" && html`<p class="muted">${say("desktop_denied")}</p>`}
    ${state === "none" && html`<p class="muted">${say("desktop_none")}</p>`}
    ${state === "granted" && html`<${Switch} on=${pref("desktop")} run=${(on) => setPref("desktop", on)} title=${say("desktop_on")} text=${say("desktop_on_text")} />`}<//>`;
}

function Ringing() {
  const quiet = pref("quiet");
  const flip = (what) => (on) => setPref("quiet", on ? quiet.filter((x) => x !== what) : [...quiet, what]);
  return html`<${Part} icon="alarm" name=${say("ringing")}>
    <${Switch} on=${true} disabled title=${say("ring_new")} text=${say("ring_new_text")} />
    ${["messages", "deadlines", "mentions", "reminders"].map((x) => html`<${Switch} key=${x} on=${!quiet.includes(x)} run=${flip(x)} title=${say("ring_" + x)} />`)}
    <${Switch} on=${pref("reading")} run=${(on) => setPref("reading", on)} title=${say("ring_reading")} text=${say("ring_reading_text")} /><//>`;
}

const themes = { "": "device-desktop", light: "sun", dark: "moon" };

const Sight = () => html`<${Part} icon="palette" name=${say("sight")}><div class="settle-three" role="radiogroup" aria-label=${say("sight")}>
    ${Object.keys(themes).map((x) => html`<${Choice} key=${x} name="theme" value=${x} on=${account.theme.value === x} run=${() => account.setTheme(x)} title=${say("theme_" + (x || "system"))} />`)}</div>
  <p class="muted">${say("language")} <button type="button" class="as-link" lang=${account.other.tag} onClick=${() => account.setLanguage(account.other.tag)}>${account.other.name}</button></p><//>`;
