// What an entry carries beside text: a picture, a file, a card of the shop's.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Icon } from "./parts.js";
import { get } from "./api.js";
import { discard } from "./link.js";
import * as store from "./store.js";
import { bytes, t } from "./words.js";

// A picture keeps its place while it loads, so that nothing jumps. Its key
// lasts two hours; when it has run out a fresh one is asked for, once.
export function Picture({ m, state }) {
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
  return html`<span class="pic-w"><button type="button" class="pic" style=${{ width: `${width}px`, aspectRatio: `${width} / ${height}` }}
    aria-label=${t("picture_open", { Name: file.name ?? "" })} onClick=${() => { store.picture.value = { entry: m.id, url, name: file.name }; }}>
    <img src=${url} alt=${t("picture_from", { Name: m.from?.name ?? "" })} loading="lazy" decoding="async" onError=${failed} />
  </button>${state === "pending" && m.progress !== undefined && html`<${Uploading} m=${m} />`}</span>`;
}

// Uploading shows how far a file has come, and lets it be called off.
const Uploading = ({ m }) => {
  const share = Math.round(m.progress * 100);
  return html`<button type="button" class="ring" style=${{ "--p": share }} aria-label=${`${t("uploading")} ${share}%，${t("cancel")}`} title=${t("cancel")} onClick=${() => discard(m.id)}><${Icon} name="x" size="sm" /></button>`;
};

// fit gives the size in the thread: at most 240 × 240, at least 72 either way.
function fit(w, h) {
  if (!w || !h) return { width: 180, height: 180 };
  const scale = Math.min(1, 240 / w, 240 / h);
  return { width: Math.max(72, Math.round(w * scale)), height: Math.max(72, Math.round(h * scale)) };
}

export function File({ m, state }) {
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
    <span class="grow"><span class="trunc fname">${m.file.name}</span><small>${bytes(m.file.size ?? 0)}</small></span>${state !== "pending" && html`<${Icon} name="download" />`}</a>${state === "pending" && m.progress !== undefined && html`<${Uploading} m=${m} />`}`;
}

export function Card({ m }) {
  const d = m.data ?? {};
  return html`<div class="card">
    <div class="ch1"><${Icon} name=${m.kind === "order" ? "receipt-2" : "shopping-bag"} size="sm" />${t("card_" + m.kind)} <span class="num">${d.id}</span>${d.status && html`<span class="tag g">${d.status}</span>`}</div>
    ${d.title && html`<div class="pd"><div class="grow"><div class="t">${d.title}</div>${d.spec && html`<div class="s">${d.spec}</div>`}</div>${d.price && html`<div class="price">${d.price}</div>`}</div>`}
  </div>`;
}
