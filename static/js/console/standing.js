import { html } from "../vendor/preact-11.2.0.js";
import { Icon } from "./parts.js";
import { take } from "./acts.js";
import * as store from "./store.js";
import { t } from "./words.js";

// Standing says why one cannot reply here, and what would change it.
export function Standing({ c }) {
  const [icon, text] = c.status === "closed" ? ["circle-check", t("bar_closed")]
    : c.status === "waiting" ? ["hourglass", t("bar_waiting")]
    : c.status === "bot" ? ["robot", t("bar_bot")]
    : ["headset", t("bar_colleague", { Name: c.assignee?.name ?? "" })];
  const can = store.may("conversations.reply") && (c.status === "waiting" || (c.status !== "closed" && store.may("conversations.take_over")));
  return html`<div class="standing"><${Icon} name=${icon} /><span class="grow">${text}</span>
    ${can && html`<button type="button" class="btn pri sm" onClick=${() => take(c.id)}>${t(c.status === "waiting" ? "take" : "take_over")}</button>`}</div>`;
}
