// Where an agent writes. The textarea is never drawn over: an input method may be
// composing in it. What is written is a draft at once. A reply and a note are two
// drafts, each with its words: what was meant for colleagues never stands where it
// could go out to the customer.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { Icon, IconButton } from "./parts.js";
import { Send, sends } from "./send.js";
import { Tray } from "./tray.js";
import { fill, given, remembered, variables } from "./variables.js";
import { take } from "./acts.js";
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

const Emoji = later(() => import("./emoji.js").then((module) => module.Emoji), () => {});
const Blanks = later(() => import("./blanks.js").then((module) => module.Blanks), () => {});

export function Composer({ c }) {
  const reply = store.mine(c) && c.status !== "closed";
  return html`<div class="comp-w"><${Standing} c=${c} reply=${reply} />${store.may("conversations.reply") && html`<${Box} c=${c} reply=${reply} />`}</div>`;
}

// Standing says why one cannot reply here, and what would change it.
function Standing({ c, reply }) {
  if (reply) return null;
  const [icon, text] = c.status === "closed" ? ["circle-check", t("bar_closed")]
    : c.status === "waiting" ? ["hourglass", t("bar_waiting")]
    : c.status === "bot" ? ["robot", t("bar_bot")]
    : ["headset", t("bar_colleague", { Name: c.assignee?.name ?? "" })];
  const can = store.may("conversations.reply") && (c.status === "waiting" || (c.status !== "closed" && store.may("conversations.take_over")));
  return html`<div class="standing"><${Icon} name=${icon} /><span class="grow">${text}</span>
    ${can && html`<button type="button" class="btn pri sm" onClick=${() => take(c.id)}>${t(c.status === "waiting" ? "take" : "take_over")}</button>`}</div>`;
}

function Box({ c, reply }) {
  const draft = drafts.draftOf(c.id);
  const mode = reply ? draft.mode : "note";
  const noting = mode === "note";
  const text = draft[mode];
  const [open, setOpen] = useState(null); // what is suggested: {sign, from, word, at, heading?}
  const [asking, setAsking] = useState(null); // what stands in braces and is asked for: {text, onDone, onAsIs?}
  const [emoji, setEmoji] = useState(false);
  const [over, setOver] = useState(false);
  const ref = useRef();
  const files = useRef();
  const told = useRef(0);
  const before = useRef({});
  const tray = composing.trays.value.get(c.id) ?? [];
  const quote = !noting && composing.quotes.value.get(c.id);
  const put = composing.put.value;

  useEffect(() => { drafts.refresh(c.id); }, [c.id]);
  useLayoutEffect(() => { // whoever was just writing a note goes on with a note, whatever has become of the conversation
    const { id, could } = before.current;
    if (id === c.id && reply && !could && document.activeElement === ref.current) drafts.turn(c.id, "note");
    before.current = { id: c.id, could: reply };
  }, [c.id, reply]);
  useLayoutEffect(() => { setOpen(null); setAsking(null); }, [c.id, mode]);
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

  const part = open && suggest.parts.value[open.sign];
  const list = (!asking && part?.find({ ...open, c })) || [];
  useEffect(() => { part?.learn?.(c.id); }, [c.id, part]);
  const typed = () => {
    const el = ref.current;
    drafts.write(c.id, el.value, mode);
    grow(el);
    const asked = suggest.sense(el.value, el.selectionStart, mode);
    setOpen(asked && { ...asked, at: 0, heading: open?.heading });
    if (!noting) signal(el.value !== "");
  };
  const signal = (on) => {
    if (on && Date.now() - told.current < 3000) return; // once a second is allowed, six seconds is how long it holds
    told.current = on ? Date.now() : 0;
    tell("typing", { conversation: c.id, on });
  };
  // place puts words where "/" or "@" and what followed it stand.
  const place = (words, from, to) => {
    const head = ref.current.value.slice(0, open?.from ?? ref.current.selectionStart);
    const tail = ref.current.value.slice(ref.current.selectionStart);
    setOpen(null);
    composing.set(c.id, head + words + tail, mode, head.length + (from ?? words.length), head.length + (to ?? words.length));
  };
  const choose = (r, now) => {
    suggest.parts.peek()["/"].used(r);
    if (r.file) suggest.parts.peek()["/"].picture(r).then((file) => attach.add(c.id, [file])).catch(() => store.toast(t("quick_picture_failed"), "bad"));
    const said = fill(r.text, { ...given(c), ...remembered(c) });
    const done = (words) => {
      setAsking(null);
      const left = /\{[^{}\s]{1,12}\}/.exec(words);
      place(words, left?.index, left && left.index + left[0].length);
      if (now && !r.file && !left) { ref.current.value = drafts.draftOf(c.id)[mode]; submit(); }
    };
    if (!variables(said).length) return done(said);
    setAsking({ text: r.text, onDone: done });
  };
  const pick = (one, now) => (one.person ? place(`@${one.person.name} `) : choose(one.reply, now));
  const picked = composing.picked.value;
  const replies = suggest.parts.value["/"];
  useLayoutEffect(() => { // a quick reply that was chosen elsewhere
    if (picked?.conversation !== c.id) return;
    if (noting) return drafts.turn(c.id, "reply");
    if (!replies) return suggest.warm();
    composing.picked.value = null;
    choose(picked.reply);
  }, [picked, noting, replies]);
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
    if (open && !part && e.key === "Enter") return e.preventDefault(); // it is being fetched: a half “/word” is no answer
    if (list.length && suggestKeys(e)) return e.preventDefault();
    if (e.key === "Escape") { e.stopPropagation(); if (open) setOpen(null); else ref.current.blur(); }
    if (sends(e)) { e.preventDefault(); submit(); }
  };
  const turn = (next) => { drafts.turn(c.id, next); ref.current.focus(); };
  const suggestKeys = (e) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (move) setOpen({ ...open, at: (open.at + move + list.length) % list.length });
    else if (e.key === "Tab" && part.next) setOpen({ ...open, at: 0, heading: part.next(open.heading, e.shiftKey ? -1 : 1) });
    else if ((e.key === "Enter" && !e.shiftKey) || e.key === "Tab") pick(list[open.at], e.metaKey || e.ctrlKey);
    else return false;
    return true;
  };
  const accept = (list) => {
    if (!list.length || !reply) return false;
    if (noting) store.toast(t("note_no_files"), "bad"); // never a way from a note to the customer
    else attach.add(c.id, [...list]);
    ref.current.focus();
    return true;
  };
  const paste = (e) => { const got = [...(e.clipboardData?.files ?? [])]; if (got.length && accept(got)) e.preventDefault(); };
  const openSlash = () => { setOpen(open ? null : { sign: "/", from: ref.current.selectionStart, word: "", at: 0 }); ref.current.focus(); };
  const dragging = (e) => { if (reply && e.dataTransfer?.types.includes("Files")) { e.preventDefault(); setOver(!noting); } };

  return html`<div class=${`comp${noting ? " isnote" : ""}${over ? " over" : ""}`} onDragOver=${dragging} onDragLeave=${() => setOver(false)}
    onDrop=${(e) => { e.preventDefault(); setOver(false); accept(e.dataTransfer.files); }}>
    ${part && !asking && html`<${part.Popup} open=${open} list=${list} onPick=${pick} onPoint=${(at) => setOpen({ ...open, at })} onHeading=${(heading) => setOpen({ ...open, at: 0, heading })} />`}
    ${asking && html`<${Blanks} c=${c} key=${asking.text} ...${asking} onClose=${() => { setAsking(null); ref.current.focus(); }} />`}
    <div class="top">
      <div role="group" aria-label=${t("send_to")} class="flow">
        ${reply && html`<button type="button" class="md" aria-pressed=${!noting} title="Alt N" onClick=${() => turn("reply")}>${t("reply")}${noting && draft.reply && html`<i class="has" title=${t("draft")} />`}</button>`}
        <button type="button" class="md" aria-pressed=${noting} title="Alt N" onClick=${() => turn("note")}><${Icon} name="lock" size="sm" />${t("note")}${!noting && draft.note && html`<i class="has" title=${t("draft_note")} />`}</button>
      </div>
      <div class="bar">
        <span class="pop-at"><${IconButton} icon="mood-smile" cls="sm" label=${t("emoji")} aria-expanded=${emoji} onClick=${() => setEmoji(!emoji)} />
          ${emoji && html`<${Emoji} onClose=${() => setEmoji(false)} onPick=${(x) => { setEmoji(false); composing.insert(x, mode); }} />`}</span>
        ${!noting && html`
          <${IconButton} icon="photo" cls="sm" label=${t("picture")} onClick=${() => ask(files.current, "image/png,image/jpeg,image/webp,image/gif")} />
          <${IconButton} icon="paperclip" cls="sm w" label=${t("file")} onClick=${() => ask(files.current, "")} />
          <${IconButton} icon="bolt" cls="sm" label=${t("quick_replies")} hint="/" onMouseDown=${(e) => e.preventDefault()} onClick=${openSlash} />`}
        ${noting && html`<${IconButton} icon="at" cls="sm" label=${t("mention")} hint="@" onMouseDown=${(e) => e.preventDefault()} onClick=${() => { composing.insert("@", mode); composing.put.value = { ...composing.put.peek(), typed: true }; }} />`}
        <input type="file" hidden multiple ref=${files} onChange=${(e) => { accept(e.target.files); e.target.value = ""; }} />
      </div>
    </div>
    ${quote && html`<div class="quoting"><span class="trunc grow">${t("they_said", { Name: quote.from.name })}${lastWords({ kind: quote.kind, text: quote.text ?? quote.file?.name })}</span><${IconButton} icon="x" cls="sm" label=${t("quote_drop")} onClick=${() => store.setIn(composing.quotes, c.id, undefined)} /></div>`}
    <${Tray} c=${c} items=${noting ? [] : tray} />
    <textarea id="composer-text" ref=${ref} rows="2" aria-label=${t(noting ? "note_text" : "reply_text")} placeholder=${t(noting ? "note_placeholder" : "reply_placeholder")}
      aria-autocomplete="list" aria-controls=${list.length ? "suggested" : undefined} aria-activedescendant=${list.length ? "suggested-" + open.at : undefined}
      onFocus=${suggest.warm} onInput=${typed} onKeyDown=${keys} onPaste=${paste} onBlur=${() => setTimeout(() => document.activeElement !== ref.current && setOpen(null), 150)} />
    <div class="bot"><span class="hint muted">${text ? t(draft.state === "saved" ? "draft_saved" : "draft_local") : ""}</span>
      <${Send} noting=${noting} files=${noting ? 0 : tray.length} onSend=${() => submit()} /></div>
  </div>`;
}

function ask(input, accept) {
  input.accept = accept;
  input.click();
}

// grow lets the textarea have two to eight lines.
function grow(el) {
  el.style.height = "auto";
  el.style.height = Math.min(190, Math.max(66, el.scrollHeight)) + "px";
}
