// Small parts that every pane uses.
import { computed, html, useEffect, useLayoutEffect, useMemo, useRef } from "../vendor/preact-11.2.0.js";
import { lastLetter } from "../lib/letter.js";
import { levelAt, turns } from "./deadlines.js";
import { isStaff, now } from "./store.js";
import { clock, moment, t } from "./words.js";

const sprite = new URL("../../icons.svg", import.meta.url).pathname;

export const Icon = ({ name, size }) =>
  html`<svg class=${size ? `i i-${size}` : "i"} aria-hidden="true"><use href=${`${sprite}#${name}`} /></svg>`;

// IconButton names itself for everybody: as label and as tooltip, with its key.
export function IconButton({ icon, label, hint, cls = "", ...rest }) {
  const words = hint ? `${label} (${hint})` : label;
  return html`<button type="button" class=${`ib ${cls}`} aria-label=${label} title=${words} ...${rest}><${Icon} name=${icon} /></button>`;
}

function hash(text = "") {
  let n = 7;
  for (const c of text) n = (n * 31 + c.codePointAt(0)) >>> 0;
  return n;
}

const channelIcons = { web: "world", h5: "device-mobile", app: "device-mobile", wechat: "brand-wechat", wecom: "brand-wechat", mini: "brand-wechat" };
const channelClass = { web: "web", h5: "ap", app: "ap", wechat: "wx", wecom: "wx", mini: "mp" };

export const channelIcon = (kind) => channelIcons[kind] ?? "world";

// A customer goes by the first letter of the name; of "访客 8f2k" that is the
// last part's, since the first is the same for all.
const firstLetter = (name) => ([...(name.replace(/^(访客|Visitor\b)[\s-]*/, "") || name)][0] ?? "?").toUpperCase();

// Avatar is a picture or, in one of eight colours that follow the id, a letter.
export function Avatar({ who, size = "", channel, state }) {
  const name = (who?.name ?? "").trim();
  return html`<span class=${`av ${size} a${(hash(who?.id || name) % 8) + 1}`} aria-hidden="true">
    ${who?.avatar ? html`<img src=${who.avatar} alt="" loading="lazy" />` : isStaff(who?.id) ? lastLetter(name) : firstLetter(name)}
    ${channel && html`<span class=${`ch ${channelClass[channel.kind] ?? "web"}`}><${Icon} name=${channelIcon(channel.kind)} /></span>`}
    ${state && html`<span class=${`st ${state}`} />`}
  </span>`;
}

// usePick reads what one component needs out of a signal that changes for many:
// it is drawn again only when its own part has changed.
export const usePick = (pick, deps) => useMemo(() => computed(pick), deps).value;

// Wait counts up from a moment, by the server's clock, and takes its colour from
// the deadline that runs, by. The digits are bound to the text node and the rest
// is drawn again only when it changes, because hundreds of these tick at once; those
// that nobody sees, as seen tells, rest.
export function Wait({ since, by, lead, title, seen }) {
  const { digits, level, share } = useMemo(() => {
    const from = Date.parse(since);
    const at = turns(by, from);
    const moment = () => (!seen || seen.value ? now.value : now.peek());
    return {
      digits: computed(() => clock(moment() - from)),
      level: computed(() => levelAt(by, from, moment(), at)),
      share: computed(() => Math.max(0, Math.min(100, Math.floor((moment() - from) / (at[2] - from || 1) * 20) * 5))), // in steps of 5 %
    };
  }, [since, by?.kind, by?.due, by?.stage, seen]);
  const late = level.value === "over";
  return html`<span class=${`sla ${level.value}`} title=${title}>
    ${!late && html`<i class="rg" style=${{ "--p": share.value }} />`}
    ${late ? `${t("overdue")} ` : lead ? `${lead} ` : ""}${digits}
  </span>`;
}

// Elapsed counts up from a moment in ms, with no colour.
export function Elapsed({ since }) {
  const digits = useMemo(() => computed(() => clock(now.value - since)), [since]);
  return html`<span class="num">${digits}</span>`;
}

const distant = 12 * 3600_000; // further off, a deadline is a moment and no countdown

// Due counts down to a deadline, and up after it.
export function Due({ d, title }) {
  const { text, level } = useMemo(() => {
    const due = Date.parse(d.due);
    return {
      text: computed(() => {
        const left = due - now.value;
        return left > distant ? t("due_by", { Time: moment(due, now.value) }) : left > 0 ? t("due_in", { Time: clock(left) }) : t("due_over", { Time: clock(-left) });
      }),
      level: computed(() => levelAt(d, 0, now.value)),
    };
  }, [d.kind, d.due, d.stage]);
  return html`<span class=${`sla ${level.value}`} title=${title}>${text}</span>`;
}

const colours = { blue: "b", green: "g", amber: "y", violet: "v", gold: "au", cyan: "c" };

export const Tag = ({ tag, onRemove }) => html`<span class=${`tag ${colours[tag.colour] ?? ""}`}>
  ${tag.name}
  ${onRemove && html`<button type="button" class="x" aria-label=${t("tag_remove", { Name: tag.name })} onClick=${onRemove}><${Icon} name="x" /></button>`}
</span>`;

// Level is the customer's with the shop, in the shop's own words.
export const Level = ({ who }) => who?.level && html`<span class="tag au"><${Icon} name="crown" />${who.level}</span>`;

// Blocked says that the customer may not write now.
export const Blocked = ({ who }) => who?.blocked && (!who.blocked.until || Date.parse(who.blocked.until) > now.value) && html`<span class="tag y blk" title=${who.blocked.reason}><${Icon} name="ban" />${t("blocked")}</span>`;

// Left says that the customer has left a message and does not wait in the chat.
export const Left = ({ c }) => c.left && c.status !== "closed" && html`<span class="tag c">${t("left_tag")}</span>`;

const faces = ["", "mood-cry", "mood-sad", "mood-empty", "mood-smile", "mood-happy"];

export const Face = ({ score }) =>
  html`<span class=${`tag ${score >= 4 ? "g" : score <= 2 ? "y" : ""}`} title=${t("rating_of", { Score: score })}><${Icon} name=${faces[score]} />${t("rating_" + score)}</span>`;

// Dialog is a native modal: Esc and the backdrop close it, the focus is kept
// inside. Without onClose it stays.
export function Dialog({ title, onClose, children, cls = "" }) {
  const ref = useRef();
  useEffect(() => {
    const before = document.activeElement;
    ref.current.showModal();
    ref.current.querySelector("input:not([type=radio]), textarea, .answer, .dlg-f .pri")?.focus();
    return () => before?.focus?.();
  }, []);
  return html`<dialog ref=${ref} class=${cls} aria-labelledby="dialog-title" onCancel=${(e) => { e.preventDefault(); onClose?.(); }}
    onClick=${(e) => e.target === ref.current && onClose?.()}>
    <div class="dlg-h"><h2 id="dialog-title">${title}</h2>${onClose && html`<${IconButton} icon="x" label=${t("close_dialog")} onClick=${onClose} />`}</div>
    ${children}
  </dialog>`;
}

// Menu is a popup that its button opens. It takes the focus, moves it with the
// arrows, and gives it back.
export function Menu({ onClose, label, cls = "", role = "menu", children }) {
  const ref = useRef();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const items = () => [...ref.current.querySelectorAll("button:not(:disabled),a,input")];
    (ref.current.querySelector("[aria-checked=true]") ?? items()[0])?.focus();
    const keys = (e) => {
      if (e.key === "Escape" || e.key === "Tab") { e.preventDefault(); e.stopPropagation(); onClose(); }
      const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (!step) return;
      e.preventDefault();
      const all = items();
      all.at((all.indexOf(document.activeElement) + step) % all.length)?.focus();
    };
    const outside = (e) => !ref.current.parentElement.contains(e.target) && onClose();
    const box = ref.current;
    box.addEventListener("keydown", keys);
    document.addEventListener("pointerdown", outside);
    return () => {
      box.removeEventListener("keydown", keys);
      document.removeEventListener("pointerdown", outside);
      before?.focus?.();
    };
  }, []);
  return html`<div ref=${ref} class=${`menu pop ${cls}`} role=${role} aria-label=${label}>${children}</div>`;
}
