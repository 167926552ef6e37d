// Tags of the customer stay with the person; a conversation has its own.
import { html, useState } from "../../vendor/preact-11.2.0.js";
import { Icon, Menu, Tag } from "../parts.js";
import { put } from "../api.js";
import { edit } from "./cards.js";
import { Section } from "./section.js";
import * as store from "../store.js";
import { shown } from "../tried.js";
import { t } from "../words.js";

export function Tags({ c, card }) {
  const all = store.desk.value.tags ?? [];
  const byID = (ids) => (ids ?? []).map((x) => all.find((tag) => tag.id === (x.id ?? x)) ?? (x.id ? x : null)).filter(Boolean);
  const ofConversation = (ids) => shown(c, { tags: byID(ids) }, put(`conversations/${c.id}/tags`, { tags: ids }));
  return html`<${TagSet} id="tags" title=${t("tags_customer")} tags=${byID(card.customer.tags)} all=${all} can=${store.may("customers.edit")} onChange=${(ids) => edit(card.customer.id, { tags: ids })} />
    <${TagSet} id="marks" title=${t("tags_conversation")} tags=${byID(c.tags)} all=${all} can=${store.may("conversations.reply")} onChange=${ofConversation} />`;
}

function TagSet({ id, title, tags, all, can, onChange }) {
  const [open, setOpen] = useState(false);
  const ids = tags.map((x) => x.id);
  const rest = all.filter((x) => !ids.includes(x.id));
  return html`<${Section} id=${id} title=${title}><div class="tags">
    ${tags.map((tag) => html`<${Tag} tag=${tag} key=${tag.id} onRemove=${can && (() => onChange(ids.filter((x) => x !== tag.id)))} />`)}
    ${can && rest.length > 0 && html`<span class="pop-at"><button type="button" class="tag add" aria-label=${`${title} ${t("add")}`} aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}><${Icon} name="plus" />${t("add")}</button>
      ${open && html`<${Menu} label=${title} cls="tall scroll" onClose=${() => setOpen(false)}>${rest.map((tag) => html`<button type="button" role="menuitem" key=${tag.id} onClick=${() => { setOpen(false); onChange([...ids, tag.id]); }}><${Tag} tag=${tag} /></button>`)}<//>`}</span>`}
    ${!tags.length && (!can || !rest.length) && html`<span class="muted small">${t("none_yet")}</span>`}
  </div><//>`;
}
