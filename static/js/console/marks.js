// What a conversation is marked with: how urgent it is, and how the customer
// feels. A mark shows at once and is taken back where the server refuses it.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Icon, IconButton, Menu } from "./parts.js";
import { put } from "./api.js";
import * as store from "./store.js";
import { shown } from "./tried.js";
import { t } from "./words.js";

const priorities = ["urgent", "high", "normal", "low"];
const emotions = ["", "upset", "angry"];
const icons = { urgent: "chevrons-up", high: "chevron-up", low: "chevron-down", upset: "mood-sad", angry: "mood-angry" };

const mark = (c, field, value) => (c[field] ?? "") !== value && shown(c, { [field]: value }, put(`conversations/${c.id}/${field}`, { [field]: value }));

const prioritize = (c, priority) => mark(c, "priority", priority);
const feel = (c, emotion) => mark(c, "emotion", emotion);

// mayMark says who may: whoever answers, where there is still something to answer.
export const mayMark = (c) => !!c && c.status !== "closed" && store.may("conversations.reply");

// The two that are worth a key of their own, on and off.
export const flipUrgent = (c) => mayMark(c) && prioritize(c, c.priority === "urgent" ? "normal" : "urgent");
export const flipAngry = (c) => mayMark(c) && feel(c, c.emotion === "angry" ? "" : "angry");

const Mark = ({ kind, value, words }) => {
  const name = t(`${kind}_${value}`);
  return html`<span class=${`mk ${value}`} title=${name}><${Icon} name=${icons[value]} />${words ? name : html`<span class="sr">${name}</span>`}</span>`;
};

// Marks are small where there is little room, and named where there is more.
export const Marks = ({ c, words }) => html`${icons[c.priority] && html`<${Mark} kind="priority" value=${c.priority} words=${words} />`}
  ${c.emotion && html`<${Mark} kind="emotion" value=${c.emotion} words=${words} />`}`;

const Choice = ({ on, kind, value, run }) => html`<button type="button" role="menuitemradio" aria-checked=${on} onClick=${run}>
  <${Icon} name=${icons[value] ?? (kind === "emotion" ? "mood-smile" : "minus")} />${t(`${kind}_${value || "none"}`)}</button>`;

// Marking is the button that marks.
export function Marking({ c }) {
  const [open, setOpen] = useState(false);
  if (!mayMark(c)) return null;
  const done = (run) => () => { setOpen(false); run(); };
  return html`<span class="pop-at"><${IconButton} icon="flag" cls="w" label=${t("mark")} hint="P" aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)} />
    ${open && html`<${Menu} label=${t("mark")} cls="right marking" onClose=${() => setOpen(false)}><${MarkChoices} c=${c} done=${done} /><//>`}</span>`;
}

export const MarkChoices = ({ c, done }) => html`<div role="group" aria-label=${t("priority")}><small>${t("priority")}</small>
    ${priorities.map((x) => html`<${Choice} key=${x} kind="priority" value=${x} on=${(c.priority || "normal") === x} run=${done(() => prioritize(c, x))} />`)}</div>
  <div role="group" aria-label=${t("emotion")}><small>${t("emotion")}</small>
    ${emotions.map((x) => html`<${Choice} key=${x} kind="emotion" value=${x} on=${(c.emotion ?? "") === x} run=${done(() => feel(c, x))} />`)}</div>`;
