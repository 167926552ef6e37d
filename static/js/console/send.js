// Sending, and by which key: Enter, or Ctrl/⌘ with Enter, as the person likes it.
// The other one, and Shift with Enter, break the line.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Icon, Menu } from "./parts.js";
import { pref, setPref } from "./preferences.js";
import * as store from "./store.js";
import { t } from "./words.js";

const byMod = () => pref("enter") === "mod";

// sends reports whether a key sends what is written.
export function sends(e) {
  if (e.key !== "Enter" || e.shiftKey || e.altKey) return false;
  return e.ctrlKey || e.metaKey || !byMod();
}

const Hint = ({ keys, text }) => html`<span class="hint keys"><span class="kbd">${keys}</span>${text}</span>`;

export function Send({ noting, files, onSend }) {
  const [open, setOpen] = useState(false);
  const mod = byMod();
  const choose = (value) => { setOpen(false); setPref("enter", value); };
  const way = (value, keys) => html`<button type="button" role="menuitemradio" aria-checked=${value === "mod" ? mod : !mod} onClick=${() => choose(value)}>${t("send_by", { Keys: keys })}${(value === "mod") === mod && html`<${Icon} name="check" />`}</button>`;
  return html`<${Hint} keys=${mod ? store.meta + "↵" : "↵"} text=${t(noting ? "send_note" : "key_send")} /><${Hint} keys=${mod ? "↵" : "⇧↵"} text=${t("key_break")} />
    ${noting ? html`<${Hint} keys="@" text=${t("mention")} />` : html`<${Hint} keys="/" text=${t("quick_replies")} />`}
    <span class="pop-at send-w"><button type="button" class=${`btn pri send${noting ? " as-note" : ""}`} onClick=${onSend}>${t(noting ? "send_note" : files ? "send_with" : "send", { Count: files })}</button>
      <button type="button" class=${`btn pri send-by${noting ? " as-note" : ""}`} aria-label=${t("send_how")} title=${t("send_how")} aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}><${Icon} name="chevron-down" /></button>
      ${open && html`<${Menu} label=${t("send_how")} cls="right above" onClose=${() => setOpen(false)}>${way("enter", "Enter")}${way("mod", store.meta.trim() === "⌘" ? "⌘ Enter" : "Ctrl Enter")}<//>`}</span>`;
}
