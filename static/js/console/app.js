// The page: rail, three panes, and what lies over them.
import { html, useEffect, useState } from "../vendor/preact-11.2.0.js";
import { Avatar, Elapsed, Icon, IconButton, Menu } from "./parts.js";
import { List } from "./list.js";
import { Panel } from "./panel.js";
import { Mine, RailPromises, Remind, Unkept, openMine } from "./promised.js";
import { Steps } from "./steps.js";
import { Unsent } from "./unsent.js";
import { later, listing, once, styled } from "./later.js";
import { Board, mayBoard, openBoard, openConversations } from "./area.js";
import { Connection } from "./connection.js";
import * as account from "./account.js";
import { Search, everywhere } from "./searching.js";
import { leave, openCustomer, select } from "./select.js";
import * as alerts from "./alerts.js";
import * as composing from "./composing.js";
import * as notices from "./notices.js";
import { pref, setPref } from "./preferences.js";
import * as reminders from "./reminders.js";
import * as store from "./store.js";
import { t } from "./words.js";

const shut = () => { store.dialog.value = null; };
const dialog = (load, name) => later(() => load().then((module) => module[name]), shut);
const tools = once(() => styled("tools"));
const tool = (load, name) => dialog(() => Promise.all([load(), tools()]).then(([module]) => module), name);
const colleague = () => import("./colleague.js");
const dialogs = {
  merge: dialog(() => import("./panel/merge.js"), "Merge"), block: dialog(() => import("./panel/block.js"), "Block"), erase: dialog(() => import("./panel/erase.js"), "Erase"), export: dialog(() => import("./panel/export.js"), "Export"),
  unsent: dialog(() => import("./unsent_list.js"), "UnsentList"),
  transfer: dialog(() => import("./transfer.js"), "Transfer"), leaving: dialog(() => import("./leaving.js"), "Leaving"), quick: dialog(() => import("./quick.js"), "NewReply"),
  settings: tool(() => import("./settings.js"), "Settings"), palette: tool(() => import("./palette.js"), "Palette"), keys: tool(() => import("./sheet.js"), "Sheet"),
  tags: tool(() => import("./tags.js"), "Tags"),
  later: listing(() => import("./putoff.js"), "PutOff", shut), filter: listing(() => import("./filter.js"), "Filter", shut),
  closing: listing(() => import("./bulk.js"), "Closing", shut), tagging: listing(() => import("./bulk.js"), "Tagging", shut),
  qr: dialog(colleague, "QR"), colleague: dialog(colleague, "Colleague"), remind: Remind, unkept: Unkept, promises: Mine,
};
const Thread = later(() => import("./thread.js").then((module) => module.Thread), leave, html`<section class="thread" id="thread" tabindex="-1" />`);
const Viewer = later(() => import("./viewer.js").then((module) => module.Viewer), () => { store.picture.value = null; });

export function App() {
  const pane = store.pane.value;
  const board = store.area.value === "board";
  useEffect(() => { document.body.dataset.view = pane; }, [pane]);
  const open = store.dialog.value;
  const Open = open && dialogs[open.kind];
  return html`<a class="skip" href="#thread" onClick=${(e) => { e.preventDefault(); document.getElementById("thread")?.focus(); }}>${t("skip")}</a>
    <div class="app"><${Rail} />${board ? html`<main class="wide"><${Board} /></main>` : html`<main class="panes">${everywhere.value ? html`<${Search} />` : html`<${List} />`}${store.current.value ? html`<${Thread} />` : html`<${Empty} />`}</main><${Panel} />`}<${Below} /></div>
    ${pane === "customer" && html`<button type="button" class="veil" aria-label=${t("close_dialog")} onClick=${openCustomer} tabindex="-1" />`}
    <${Connection} /><${Unheard} /><${Toasts} />
    ${Open && html`<${Open} ...${open} />`}${store.picture.value && html`<${Viewer} key=${store.picture.value.entry} />`}`;
}

// Empty is the middle while nothing is open: the first steps of a new shop, or what
// one could do.
const Empty = () => html`<section class="thread" id="thread" tabindex="-1" aria-label=${t("conversation")}>
  ${store.desk.value.first_steps?.done === false ? html`<div class="welcome scroll"><${Steps} /></div>` : html`<div class="nothing"><${Icon} name="messages" /><p>${t("nothing_open")}</p><p class="keys"><span class="kbd">J</span><span class="kbd">K</span>${t("key_move")} <span class="kbd">?</span>${t("key_help")}</p></div>`}
</section>`;

const looks = { online: "on", break: "away", offline: "off" };

const Unread = () => store.unread.value > 0 && html`<span class="count"><span class="sr">${t("unread")} </span>${store.unread.value > 99 ? "99+" : store.unread.value}</span>`;

const Area = ({ at, href, icon, name, go, children }) => html`<a href=${href} aria-current=${store.area.value === at ? "page" : undefined}
  onClick=${(e) => { e.preventDefault(); go(); }}><${Icon} name=${icon} /><span>${name}</span>${children}</a>`;

const Areas = () => html`<${Area} at="" href="/desk" icon="messages" name=${t("area_conversations")} go=${openConversations}><${Unread} /><//>
  ${mayBoard() && html`<${Area} at="board" href="/desk#board" icon="activity" name=${t("area_board")} go=${openBoard} />`}`;

function Rail() {
  const [open, setOpen] = useState(false);
  const you = store.you.value;
  const dark = account.isDark.value;
  return html`<nav class="rail" aria-label=${t("areas")}>
    <div class="logo" aria-hidden="true"><${Icon} name="message-circle" /></div>
    <${Areas} />
    <a href="/admin"><${Icon} name="settings" /><span>${t("area_admin")}</span></a>
    <div class="sp" /><${Unsent} /><${RailPromises} />
    <button type="button" class="nv" aria-label=${t("palette")} title=${`${t("palette")} (${store.meta}K)`} onClick=${() => { store.dialog.value = { kind: "palette" }; }}><${Icon} name="command" /></button>
    <button type="button" class="nv" aria-label=${t(dark ? "theme_light" : "theme_dark")} title=${t(dark ? "theme_light" : "theme_dark")} onClick=${() => account.setTheme(dark ? "light" : "dark")}><${Icon} name=${dark ? "sun" : "moon"} /></button>
    <span class="pop-at"><button type="button" class="me" aria-haspopup="menu" aria-expanded=${open} aria-label=${t("account", { Name: you.name, State: t("presence_" + you.presence) })} onClick=${() => setOpen(!open)}><${Avatar} who=${you} state=${looks[you.presence]} /></button>
      ${open && html`<${Account} onClose=${() => setOpen(false)} cls="beside" />`}</span>
  </nav>`;
}

function Account({ onClose, cls }) {
  const you = store.you.value;
  const quiet = pref("muted");
  return html`<${Menu} label=${t("account_menu")} cls=${cls} onClose=${onClose}>
    <div class="menu-who" role="presentation"><b>${you.name}</b><small>${you.role_name}</small></div>
    <button type="button" role="menuitemcheckbox" aria-checked=${!quiet} onClick=${() => setPref("muted", !quiet)}><${Icon} name=${quiet ? "volume-off" : "volume"} />${t(quiet ? "sound_off" : "sound_on")}</button>
    <button type="button" role="menuitem" onClick=${() => { onClose(); store.dialog.value = { kind: "palette" }; }}><${Icon} name="command" />${t("palette")}</button>
    <button type="button" role="menuitem" onClick=${() => { onClose(); store.dialog.value = { kind: "settings" }; }}><${Icon} name="adjustments-horizontal" />${t("settings")}</button>
    <button type="button" role="menuitem" class="keys" onClick=${() => { onClose(); store.dialog.value = { kind: "keys" }; }}><${Icon} name="keyboard" />${t("keys_title")}</button>
    ${reminders.can() && html`<button type="button" role="menuitem" onClick=${() => { onClose(); openMine(); }}><${Icon} name="alarm" />${t("promises_mine")}</button>`}
    <a role="menuitem" href="/account"><${Icon} name="user-cog" />${t("my_account")}</a>
    <button type="button" role="menuitem" onClick=${() => account.setTheme("")}><${Icon} name="device-desktop" />${t("theme_system")}</button>
    <button type="button" role="menuitem" lang=${account.other.tag} onClick=${() => account.setLanguage(account.other.tag)}><${Icon} name="language" />${account.other.name}</button>
    ${store.may("staff.edit") && html`<button type="button" role="menuitem" onClick=${() => { onClose(); store.dialog.value = { kind: "colleague" }; }}><${Icon} name="user-plus" />${t("steps_add")}</button>`}
    ${store.desk.value.first_steps && html`<button type="button" role="menuitem" onClick=${() => { onClose(); store.dialog.value = { kind: "qr" }; }}><${Icon} name="qrcode" />${t("ways_in")}</button>`}
    ${store.may("settings.edit") && html`<a role="menuitem" href="/_/" target="_blank" rel="noopener"><${Icon} name="database" />${t("data_desk")}</a>`}
    <hr /><button type="button" role="menuitem" onClick=${account.signOut}><${Icon} name="logout" />${t("sign_out")}</button>
  <//>`;
}

// Below is the phone's navigation: the areas that there are, and oneself.
function Below() {
  const [open, setOpen] = useState(false);
  const dark = account.isDark.value;
  return html`<nav class="mob-nav" aria-label=${t("areas")}>
    <${Areas} />
    <${Unsent} />
    <a href="/admin"><${Icon} name="settings" />${t("area_admin")}</a>
    <button type="button" onClick=${() => account.setTheme(dark ? "light" : "dark")}><${Icon} name=${dark ? "sun" : "moon"} />${t(dark ? "theme_light_short" : "theme_dark_short")}</button>
    <span class="pop-at"><button type="button" aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}><${Icon} name="user" />${t("me")}</button>${open && html`<${Account} onClose=${() => setOpen(false)} cls="above right" />`}</span>
  </nav>`;
}

// Unheard is the hint that a touch is still missing, wherever it is.
const Unheard = () => alerts.unheard.value && html`<p class="unheard" role="status"><${Icon} name="volume-off" />${t("unheard")}</p>`;

// Told is what is to be told of conversations; each leads to the one of them that
// waits longest.
const Told = () => notices.shown().map((n) => html`<div class=${`toast ${n.level}`} key=${n.code}>
  ${n.level !== "info" && html`<${Icon} name=${n.level === "alarm" ? "alarm" : "hourglass"} />`}<span class="grow">${n.text}${n.since && html` <${Elapsed} since=${n.since} />`}</span>
  <button type="button" class="as-link" onClick=${() => { select(n.first); composing.ready(); }}>${t("open")}</button>
  <${IconButton} icon="x" cls="sm" label=${t("close_dialog")} onClick=${() => (n.hush ?? notices.dismiss)(n.code)} /></div>`);

const Toasts = () => html`<div class="toasts" role="status"><${Told} />${store.toasts.value.map((x) => html`<div class=${`toast ${x.tone}`} key=${x.id}>
  ${x.tone === "bad" && html`<${Icon} name="alert-circle" />`}<span class="grow">${x.text}</span>
  ${x.action && html`<button type="button" class="as-link" onClick=${() => { store.dropToast(x.id); x.action.run(); }}>${x.action.text}</button>`}
  <${IconButton} icon="x" cls="sm" label=${t("close_dialog")} onClick=${() => store.dropToast(x.id)} /></div>`)}</div>`;
