// Where an agent writes. The textarea is never drawn over: an input method may be
// composing in it. What is written is a draft at once. A reply and a note are two
// drafts, each with its words: what was meant for colleagues never stands where it
// could go out to the customer.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { IconButton } from "./parts.js";
import { Send, sends } from "./send.js";
import { Standing } from "./standing.js";
import { Toolbar } from "./toolbar.js";
import { Tray } from "./tray.js";
import { useSuggestions } from "./suggestions.js";
import { variables } from "./variables.js";
import { later } from "./later.js";
import { post, tell } from "./link.js";
import * as attach from "./attach.js";
import * as composing from "./composing.js";
import * as drafts from "./drafts.js";
import * as store from "./store.js";
import * as suggest from "./suggest.js";
import { lastWords } from "./list.js";
import { t } from "./words.js";

const limit = 5000; // protocol: code points of a text
const fingers = matchMedia("(hover: none)"); // no keys that say more, nothing to paste or drop

const Blanks = later(() => import("./blanks.js").then((module) => module.Blanks), () => {});

export function Composer({ c }) {
  const reply = store.mine(c) && c.status !== "closed";
  return html`<div class="comp-w">${!reply && html`<${Standing} c=${c} />`}${store.may("conversations.reply") && html`<${Box} c=${c} reply=${reply} />`}</div>`;
}

function Box({ c, reply }) {
  const draft = drafts.draftOf(c.id);
  const mode = reply ? draft.mode : "note";
  const noting = mode === "note";
  const text = draft[mode];
  const [asking, setAsking] = useState(null); // what stands in braces and is asked for: {text, onDone, onAsIs?}
  const [over, setOver] = useState(false);
  const ref = useRef();
  const told = useRef(0);
  const before = useRef({});
  const tray = composing.trays.value.get(c.id) ?? [];
  const quote = !noting && composing.quotes.value.get(c.id);
  const put = composing.put.value;

  useEffect(() => { drafts.refresh(c.id); return () => drafts.leave(c.id); }, [c.id]);
  useLayoutEffect(() => { // whoever was just writing a note goes on with a note, whatever has become of the conversation
    const { id, could } = before.current;
    if (id === c.id && reply && !could && document.activeElement === ref.current) drafts.turn(c.id, "note");
    before.current = { id: c.id, could: reply };
  }, [c.id, reply]);
  useLayoutEffect(() => { setAsking(null); }, [c.id, mode]);
  useLayoutEffect(() => {
    if (ref.current.value === text) return; // it was typed here
    ref.current.value = text;
    grow(ref.current);
  }, [c.id, mode, text]);
  useLayoutEffect(() => { // the caret, once the text is there
    if (put?.conversation !== c.id) return;
    composing.put.value = null;
    ref.current.focus();
    ref.current.setSelectionRange(put.at, put.to);
    if (put.typed) typed();
  }, [put]);

  const typed = () => {
    const el = ref.current;
    drafts.write(c.id, el.value, mode);
    grow(el);
    suggested.sense();
    if (!noting) signal(el.value !== "");
  };
  const signal = (on) => {
    if (on && Date.now() - told.current < 3000) return; // once a second is allowed, six seconds is how long it holds
    told.current = on ? Date.now() : 0;
    tell("typing", { conversation: c.id, on });
  };
  const submit = (asIs) => {
    const words = ref.current.value.trim();
    if ([...words].length > limit) return store.toast(t("too_long", { Most: limit }), "bad");
    if (!noting && asIs !== true && variables(words).length) {
      return setAsking({ text: words, onAsIs: () => submit(true), onDone: (filled) => { ref.current.value = filled; submit(); } });
    }
    setAsking(null);
    if (!noting && tray.length) attach.sendTray(c.id);
    if (!words) return ref.current.focus();
    const named = noting ? suggest.parts.peek()["@"]?.named(words, c) : [];
    post({ conversation: c.id, kind: noting ? "note" : "text", text: words, ...(quote && { quote: quote.id }), ...(named?.length && { data: { mentions: named } }) });
    if (!noting) signal(false);
    store.setIn(composing.quotes, c.id, undefined);
    ref.current.value = "";
    drafts.sent(c.id, mode);
    if (!reply) drafts.turn(c.id, "reply"); // when it becomes mine later, I shall want to reply
    grow(ref.current);
    ref.current.focus();
  };
  const keys = (e) => {
    if (e.isComposing || e.keyCode === 229) return; // Enter chooses a word of the input method
    if (suggested.keys(e)) return e.preventDefault();
    if (e.key === "Escape") { e.stopPropagation(); ref.current.blur(); }
    if (sends(e)) { e.preventDefault(); submit(); }
  };
  const suggested = useSuggestions({ c, mode, ref, asking, setAsking, submit });
  const { list } = suggested;
  const turn = (next) => { drafts.turn(c.id, next); ref.current.focus(); };
  const accept = (chosen) => {
    if (!chosen.length || !reply) return false;
    if (noting) store.toast(t("note_no_files"), "bad"); // never a way from a note to the customer
    else attach.add(c.id, [...chosen]);
    ref.current.focus();
    return true;
  };
  const paste = (e) => { const got = [...(e.clipboardData?.files ?? [])]; if (got.length && accept(got)) e.preventDefault(); };
  const dragging = (e) => { if (reply && e.dataTransfer?.types.includes("Files")) { e.preventDefault(); setOver(!noting); } };

  return html`<div class=${`comp${noting ? " isnote" : ""}${over ? " over" : ""}`} onDragOver=${dragging} onDragLeave=${() => setOver(false)}
    onDrop=${(e) => { e.preventDefault(); setOver(false); accept(e.dataTransfer.files); }}>
    ${suggested.popup()}
    ${asking && html`<${Blanks} c=${c} key=${asking.text} ...${asking} onClose=${() => { setAsking(null); ref.current.focus(); }} />`}
    <${Toolbar} reply=${reply} noting=${noting} draft=${draft} onTurn=${turn} onFiles=${accept} onSlash=${suggested.slash} />
    ${quote && html`<div class="quoting"><span class="trunc grow">${t("they_said", { Name: quote.from.name })}${lastWords({ kind: quote.kind, text: quote.text ?? quote.file?.name })}</span><${IconButton} icon="x" cls="sm" label=${t("quote_drop")} onClick=${() => store.setIn(composing.quotes, c.id, undefined)} /></div>`}
    <${Tray} c=${c} items=${noting ? [] : tray} />
    <textarea id="composer-text" ref=${ref} rows="2" aria-label=${t(noting ? "note_text" : "reply_text")} placeholder=${t(noting ? "note_placeholder" : fingers.matches ? "reply_placeholder_short" : "reply_placeholder")}
      aria-autocomplete="list" aria-controls=${list.length ? "suggested" : undefined} aria-activedescendant=${list.length ? "suggested-" + suggested.at : undefined}
      onFocus=${suggest.warm} onInput=${typed} onKeyDown=${keys} onPaste=${paste} onBlur=${() => setTimeout(() => document.activeElement !== ref.current && suggested.close(), 150)} />
    <div class="bot"><span class="hint muted">${text ? t(draft.state === "saved" ? "draft_saved" : "draft_local") : ""}</span>
      <${Send} noting=${noting} files=${noting ? 0 : tray.length} onSend=${() => submit()} /></div>
  </div>`;
}

// grow lets the textarea have two to eight lines.
function grow(el) {
  el.style.height = "auto";
  el.style.height = Math.min(190, Math.max(66, el.scrollHeight)) + "px";
}
