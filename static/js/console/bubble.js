// One entry of the timeline: a bubble, a note, or a system line.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Avatar, Icon, IconButton } from "./parts.js";
import { eventLine } from "./events.js";
import { Text } from "./text.js";
import { recall } from "./acts.js";
import { discard, retry } from "./link.js";
import { get } from "./api.js";
import { Offer, RemindTool } from "./promised.js";
import * as composer from "./composing.js";
import * as store from "./store.js";
import { bytes, t, time } from "./words.js";

const recallable = 120_000; // protocol: within 2 minutes

export const own = (m) => m.from?.kind === "staff" && m.from.id === store.you.value.id;

// Entry draws m. joined: it continues the run above; receipt: "", sent, read.
export function Entry({ m, joined, receipt, quoted, state }) {
  if (m.kind === "event") {
    const line = eventLine(m);
    return line && html`<div class="sys" data-entry=${m.id}>${line}</div>`;
  }
  if (m.recalled) return html`<${RecalledLine} m=${m} />`;
  if (m.kind === "note") return html`<${Note} m=${m} state=${state} />`;
  const me = own(m);
  const side = m.from.kind === "visitor" ? "" : m.from.kind === "bot" ? " bot" : me ? " me" : " me mate";
  return html`<div class=${`m${side}${joined ? " cont" : ""}${state ? " " + state : ""}`} data-entry=${m.id}>
    <${Face} m=${m} />
    <div class="bd">
      ${!joined && html`<div class="who">${!me && html`<b>${m.from.name || t("bot_name")}</b>`}${m.from.kind === "bot" && t("bot")}<time datetime=${m.time}>${time(Date.parse(m.time))}</time></div>`}
      <div class="line" tabindex="-1"><${Content} m=${m} quoted=${quoted} state=${state} />${!state && html`<${Tools} m=${m} me=${me} />`}</div>
      <${Receipt} receipt=${receipt} state=${state} m=${m} />
      ${me && !state && html`<${Offer} m=${m} />`}
    </div>
  </div>`;
}

function Face({ m }) {
  if (m.from.kind === "bot") return html`<span class="av a8" aria-hidden="true"><${Icon} name="robot" /></span>`;
  return html`<${Avatar} who=${m.from} />`;
}

function RecalledLine({ m }) {
  const me = own(m);
  const text = me ? t("recalled_you") : t("recalled_by", { Name: m.from.name });
  return html`<div class="sys" data-entry=${m.id}>${text}
    ${me && m.was && html` <button type="button" class="as-link" onClick=${() => composer.insert(m.was)}>${t("re_edit")}</button>`}</div>`;
}

function Note({ m, state }) {
  return html`<div class=${`note${state ? " " + state : ""}`} data-entry=${m.id}>
    <div class="who"><${Icon} name="lock" size="sm" />${t("note_by", { Name: m.from.name, Time: time(Date.parse(m.time)) })}</div>
    <${Text} text=${m.text} /><${Receipt} state=${state} m=${m} />
  </div>`;
}

function Content({ m, quoted, state }) {
  const quote = quoted && html`<span class="quote">${quoted}</span>`;
  if (m.kind === "image") return html`<${Picture} m=${m} state=${state} />`;
  if (m.kind === "file") return html`<${File} m=${m} />`;
  if (m.kind === "product" || m.kind === "order") return html`<${Card} m=${m} />`;
  const big = !quoted && /^(\p{Extended_Pictographic}(\u200d\p{Extended_Pictographic}|\ufe0f)*){1,3}$/u.test(m.text ?? "");
  return html`<div class=${big ? "bub big" : "bub"}>${quote}<${Text} text=${m.text} />${options(m)}</div>`;
}

const options = (m) => m.from.kind === "bot" && m.data?.entries?.length > 0 &&
  html`<div class="opts">${m.data.entries.map((x) => html`<span key=${x.id ?? x.text}>${x.text}</span>`)}</div>`;

// A picture keeps its place while it loads, so that nothing jumps. Its key
// lasts two hours; when it has run out a fresh one is asked for, once.
function Picture({ m, state }) {
  const { file } = m;
  const [url, setUrl] = useState(file.url);
  const [broken, setBroken] = useState(false);
  const failed = async () => {
    if (url !== file.url || !file.id) return setBroken(true);
    try {
      setUrl((await get("files/" + file.id)).file.url);
    } catch {
      setBroken(true);
    }
  };
  const { width, height } = fit(file.width, file.height);
  if (broken) return html`<div class="bub gone"><${Icon} name="photo-off" />${t("picture_gone")}</div>`;
  return html`<button type="button" class="pic" style=${{ width: `${width}px`, aspectRatio: `${width} / ${height}` }}
    aria-label=${t("picture_open", { Name: file.name ?? "" })} onClick=${() => { store.picture.value = { url, name: file.name }; }}>
    <img src=${url} alt=${t("picture_from", { Name: m.from?.name ?? "" })} loading="lazy" decoding="async" onError=${failed} />
    ${state === "pending" && m.progress !== undefined && html`<span class="ring" style=${{ "--p": Math.round(m.progress * 100) }} role="progressbar" aria-valuenow=${Math.round(m.progress * 100)} aria-label=${t("uploading")} />`}
  </button>`;
}

// fit gives the size in the thread: at most 240 × 240, at least 72 either way.
function fit(w, h) {
  if (!w || !h) return { width: 180, height: 180 };
  const scale = Math.min(1, 240 / w, 240 / h);
  return { width: Math.max(72, Math.round(w * scale)), height: Math.max(72, Math.round(h * scale)) };
}

function File({ m }) {
  const open = async (e) => { // the key may have run out since the page was loaded
    e.preventDefault();
    try {
      const { file } = await get("files/" + m.file.id);
      const a = Object.assign(document.createElement("a"), { href: file.url, target: "_blank", rel: "noopener", download: m.file.name });
      a.click();
    } catch (err) {
      store.toast(err.message, "bad");
    }
  };
  return html`<a class="filecard" href=${m.file.url || "#"} onClick=${open}><${Icon} name="file-text" size="lg" />
    <span class="grow"><span class="trunc fname">${m.file.name}</span><small>${bytes(m.file.size ?? 0)}</small></span><${Icon} name="download" /></a>`;
}

function Card({ m }) {
  const d = m.data ?? {};
  return html`<div class="card">
    <div class="ch1"><${Icon} name=${m.kind === "order" ? "receipt-2" : "shopping-bag"} size="sm" />${t("card_" + m.kind)} <span class="num">${d.id}</span>${d.status && html`<span class="tag g">${d.status}</span>`}</div>
    ${d.title && html`<div class="pd"><div class="grow"><div class="t">${d.title}</div>${d.spec && html`<div class="s">${d.spec}</div>`}</div>${d.price && html`<div class="price">${d.price}</div>`}</div>`}
  </div>`;
}

// Tools stand beside a bubble under the pointer or the focus.
function Tools({ m, me }) {
  const young = () => store.serverNow() - Date.parse(m.time) < recallable;
  if (me && young()) store.now.value; // drawn again each second only while it matters
  const copy = () => navigator.clipboard?.writeText(m.text).then(() => store.toast(t("copied")));
  const now = store.current.value;
  return html`<div class="tools">
    ${store.mine(now) && now.status !== "closed" && html`<${IconButton} icon="message-reply" cls="sm" label=${t("quote")} onClick=${() => composer.quote(m)} />`}
    ${m.text && html`<${IconButton} icon="copy" cls="sm" label=${t("copy")} onClick=${copy} />`}
    ${m.kind === "text" && m.from.kind === "staff" && html`<${IconButton} icon="bolt" cls="sm" label=${t("quick_keep")} onClick=${() => { store.dialog.value = { kind: "quick", text: m.text }; }} />`}
    ${me && now.status !== "closed" && html`<${RemindTool} m=${m} />`}
    ${me && young() && html`<${IconButton} icon="arrow-back-up" cls="sm" label=${t("recall")} onClick=${() => recall(m.id)} />`}
  </div>`;
}

// Receipt is a mark below: how far one's word has come, or that it failed.
function Receipt({ receipt, state, m }) {
  if (state === "failed") {
    return html`<div class="rc fail" role="alert"><${Icon} name="alert-circle" />${m.problem || t("send_failed")}
      ${!m.final && html`<button type="button" class="as-link" onClick=${() => retry(m.id)}>${t("retry")}</button>`}
      ${m.text && m.final && html`<button type="button" class="as-link" onClick=${() => { composer.insert(m.text); discard(m.id); }}>${t("re_edit")}</button>`}
      <button type="button" class="as-link" onClick=${() => discard(m.id)}>${t("delete")}</button></div>`;
  }
  if (state === "pending") return html`<div class="rc"><${Icon} name="clock" />${t("sending")}</div>`;
  if (!receipt) return null;
  return html`<div class=${`rc ${receipt}`}><${Icon} name=${receipt === "read" ? "checks" : "check"} />${t("receipt_" + receipt)}</div>`;
}
