// The bar that says that the line is down, when it has been for a moment: most
// breaks heal before anybody should be troubled.
import { html, useEffect, useState } from "../vendor/preact-11.2.0.js";
import { Dialog, Icon } from "./parts.js";
import { signIn } from "./api.js";
import { outbox, reconnect } from "./link.js";
import * as store from "./store.js";
import { t } from "./words.js";

const patience = 1500;

export function Connection() {
  const { state, reason, stopped } = store.link.value;
  const [down, setDown] = useState(false);
  useEffect(() => {
    if (state === "ready") return setDown(false);
    const timer = setTimeout(() => setDown(true), stopped ? 0 : patience);
    return () => clearTimeout(timer);
  }, [state === "ready", stopped]);
  if (stopped && (reason === "elsewhere" || reason === "signed_out")) {
    return html`<${Dialog} title=${t(reason + "_title")} ><div class="dlg-b"><p>${t(reason + "_text")}</p></div>
      <div class="dlg-f"><button type="button" class="btn pri" onClick=${signIn}>${t("sign_in_again")}</button></div><//>`;
  }
  if (!down) return null;
  const kept = outbox.value.filter((x) => x.state === "pending").length;
  const key = stopped ? "link_stopped" : reason === "restart" ? "link_restart" : "link_lost";
  return html`<div class=${`linkbar${stopped ? " bad" : ""}`} role="alert"><${Icon} name="wifi-off" /><span>${t(key)}${kept ? t("link_kept", { Count: kept }) : ""}</span>
    ${stopped && html`<button type="button" class="as-link" onClick=${reconnect}>${t("retry")}</button>`}</div>`;
}
