// The files that were chosen, above the text, before they are sent.
import { html } from "../vendor/preact-11.2.0.js";
import { Icon } from "./parts.js";
import * as attach from "./attach.js";
import { bytes, t } from "./words.js";

export function Tray({ c, items }) {
  if (!items.length) return null;
  return html`<ul class="tray" aria-label=${t("tray")}>${items.map((x) => html`<li key=${x.key}>
    ${x.picture ? html`<img src=${x.url} alt=${x.name} />` : html`<span class="doc"><${Icon} name="file-text" /><span class="trunc">${x.name}</span><small>${bytes(x.blob.size)}</small></span>`}
    <button type="button" class="off" aria-label=${t("tray_drop", { Name: x.name })} onClick=${() => attach.drop(c.id, x.key)}><${Icon} name="x" /></button></li>`)}</ul>`;
}
