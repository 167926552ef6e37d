// What features add to the panel: each section is fetched as HTML when it is open.
// The server decides who sees it and draws it.
import { html, useEffect, useState } from "../../vendor/preact-11.2.0.js";
import { Icon } from "../parts.js";
import { Section, isOpen } from "./section.js";
import { p } from "./words.js";
import * as store from "../store.js";
import { t } from "../words.js";

export const Features = ({ c }) => (store.desk.value.panels ?? []).map((f) => html`<${Feature} key=${f.key} f=${f} c=${c} />`);

function Feature({ f, c }) {
  const [shown, setShown] = useState({});
  const id = "f-" + f.key;
  const open = isOpen(id);
  const fetched = async (alive = () => true) => {
    setShown({ busy: true });
    const next = await draw(`/api/xiaoer/conversations/${c.id}/panels/${f.key}`);
    if (alive()) setShown(next);
  };
  useEffect(() => {
    if (!open) return undefined;
    let here = true;
    fetched(() => here);
    return () => { here = false; };
  }, [c.id, c.contact.customer, open]);
  const title = html`<${Icon} name=${f.icon} size="sm" />${f.title}`;
  return html`<${Section} id=${id} title=${title}>
    ${shown.failed !== undefined ? html`<p class="muted small" role="alert">${shown.failed || p("feature_failed")} <button type="button" class="as-link" onClick=${() => fetched()}>${t("retry")}</button></p>`
      : shown.busy ? html`<div class="skel" aria-busy="true"><i /></div>`
      : shown.drawn ? html`<div class="feature" dangerouslySetInnerHTML=${{ __html: shown.drawn }} />`
      : html`<p class="muted small">${t("none_yet")}</p>`}<//>`;
}

async function draw(path) {
  try {
    const answer = await fetch(path, { credentials: "same-origin" });
    if (answer.ok) return { drawn: answer.status === 204 ? "" : await answer.text() };
    const told = await answer.json().catch(() => null);
    return { failed: told?.message ?? "" };
  } catch {
    return { failed: t("not_connected") };
  }
}
