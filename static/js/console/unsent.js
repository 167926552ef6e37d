// What has not left yet, over all conversations: how much it is, where everybody
// sees it. Opened, it is a list, see unsent_list.js.
import { html } from "../vendor/preact-11.2.0.js";
import { Icon } from "./parts.js";
import { outbox } from "./link.js";
import * as store from "./store.js";
import { t } from "./words.js";

const soon = 4000; // what is on its way for so short a time will be gone before one has looked

// unsent are the entries that are stuck, in their order.
export const unsent = () => outbox.value.filter((x) => x.state === "failed" || store.now.value - Date.parse(x.time) > soon);

export function Unsent() {
  const list = outbox.value.length ? unsent() : [];
  if (!list.length) return null;
  const failed = list.some((x) => x.state === "failed");
  return html`<button type="button" class=${`nv unsent${failed ? " bad" : ""}`} onClick=${() => { store.dialog.value = { kind: "unsent" }; }}><${Icon} name="send" /><span>${t("unsent")}</span><span class="count">${list.length}</span></button>`;
}
