// Where an agent writes. The textarea is never drawn over: an input method may be
// composing in it. What is written is a draft at once; reply or note is kept with
// it, so that a note cannot go out as a reply.
import { html, useLayoutEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { Icon, IconButton } from "./parts.js";
import { Emoji } from "./emoji.js";
import { Slash, fill, find, picture, used } from "./slash.js";
import { close, take } from "./acts.js";
import { post, tell } from "./link.js";
import { step } from "./select.js";
import * as attach from "./attach.js";
import * as composing from "./composing.js";
import * as drafts from "./drafts.js";
import * as store from "./store.js";
import { lastWords } from "./list.js";
import { bytes, t } from "./words.js";

const limit = 5000; // protocol: code points of a text

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
  const [slash, setSlash] = useState(null); // {from, word, at}
  const [emoji, setEmoji] = useState(false);
  const [over, setOver] = useState(false);
  const ref = useRef();
  const files = useRef();
  const told = useRef(0);
  const tray = composing.trays.value.get(c.id) ?? [];
  const quote = mode === "reply" && composing.quotes.value.get(c.id);
  const put = composing.put.value;

  useLayoutEffect(() => { // another conversation: its draft
    ref.current.value = drafts.drafts.peek().get(c.id)?.text ?? "";
    setSlash(null);
    grow(ref.current);
  }, [c.id]);
  useLayoutEffect(() => { // text put in from outside
    if (put?.conversation !== c.id) return;
    ref.current.value = put.text;
    ref.current.focus();
    ref.current.setSelectionRange(put.at, put.to ?? put.at);
    grow(ref.current);
    composing.put.value = null;
    if (put.typed) typed();
  }, [put]);

  const list = slash ? find(slash.word) : [];
  const setMode = (next) => { drafts.write(c.id, ref.current.value, next); ref.current.focus(); };
  const typed = () => {
    const el = ref.current;
    drafts.write(c.id, el.value, mode);
    grow(el);
    const hit = mode === "reply" && /(?:^|\s)\/([^\s/]{0,20})$/.exec(el.value.slice(0, el.selectionStart));
    setSlash(hit ? { from: el.selectionStart - hit[1].length - 1, word: hit[1], at: 0 } : null);
    if (mode === "reply") signal(el.value !== "");
  };
  const signal = (on) => {
    if (on && Date.now() - told.current < 3000) return; // once a second is allowed, six seconds is how long it holds
    told.current = on ? Date.now() : 0;
    tell("typing", { conversation: c.id, on });
  };
  const pick = (r, now) => {
    const el = ref.current;
    const before = el.value.slice(0, slash?.from ?? el.selectionStart);
    const after = el.value.slice(el.selectionStart);
    const out = fill(r.text, c);
    setSlash(null);
    used(r);
    if (r.file) picture(r).then((file) => attach.add(c.id, [file])).catch(() => store.toast(t("quick_picture_failed"), "bad"));
    if (now && !r.file && out.from === out.text.length) { el.value = before + out.text + after; return submit(); }
    composing.set(c.id, before + out.text + after, mode, before.length + out.from, before.length + out.to);
  };
  const picked = composing.picked.value;
  useLayoutEffect(() => {
    if (picked?.conversation !== c.id) return;
    composing.picked.value = null;
    pick(picked.reply);
  }, [picked]);
  const submit = () => {
    const text = ref.current.value.trim();
    if ([...text].length > limit) return store.toast(t("too_long", { Most: limit }), "bad");
    if (mode === "reply" && tray.length) attach.sendTray(c.id);
    if (!text) return ref.current.focus();
    post({ conversation: c.id, kind: mode === "note" ? "note" : "text", text, ...(quote && { quote: quote.id }) });
    if (mode === "reply") signal(false);
    store.setIn(composing.quotes, c.id, undefined);
    drafts.sent(c.id, mode);
    ref.current.value = "";
    grow(ref.current);
    ref.current.focus();
  };
  const keys = (e) => {
    if (e.isComposing || e.keyCode === 229) return; // Enter chooses a word of the input method
    if (slash && list.length && slashKeys(e)) return e.preventDefault();
    if (e.altKey && hotkeys[e.code]) { e.preventDefault(); hotkeys[e.code](); return; }
    if (e.key === "Escape") { e.stopPropagation(); if (slash) setSlash(null); else ref.current.blur(); }
    if (e.key === "Enter" && !e.shiftKey && !e.altKey) { e.preventDefault(); submit(); }
  };
  const hotkeys = { KeyJ: () => step(1), KeyK: () => step(-1), KeyE: () => reply && close(c.id) };
  const slashKeys = (e) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (move) setSlash({ ...slash, at: (slash.at + move + list.length) % list.length });
    else if (e.key === "Enter" || e.key === "Tab") pick(list[slash.at], e.metaKey || e.ctrlKey);
    else return false;
    return true;
  };
  const accept = (list) => { if (reply && list.length) { if (mode === "note") setMode("reply"); attach.add(c.id, [...list]); ref.current.focus(); return true; } return false; };
  const paste = (e) => { const got = [...(e.clipboardData?.files ?? [])]; if (got.length && accept(got)) e.preventDefault(); };
  const openSlash = () => { setSlash(slash ? null : { from: ref.current.selectionStart, word: "", at: 0 }); ref.current.focus(); };
  const dragging = (e) => { if (reply && e.dataTransfer?.types.includes("Files")) { e.preventDefault(); setOver(true); } };

  return html`<div class=${`comp${mode === "note" ? " isnote" : ""}${over ? " over" : ""}`} onDragOver=${dragging} onDragLeave=${() => setOver(false)}
    onDrop=${(e) => { e.preventDefault(); setOver(false); accept(e.dataTransfer.files); }}>
    ${slash && html`<${Slash} word=${slash.word} list=${list} at=${slash.at} onPick=${(r) => pick(r)} onPoint=${(at) => setSlash({ ...slash, at })} />`}
    <div class="top">
      <div role="group" aria-label=${t("send_to")} class="flow">
        ${reply && html`<button type="button" class="md" aria-pressed=${mode === "reply"} onClick=${() => setMode("reply")}>${t("reply")}</button>`}
        <button type="button" class="md" aria-pressed=${mode === "note"} onClick=${() => setMode("note")}><${Icon} name="lock" size="sm" />${t("note")}</button>
      </div>
      <div class="bar">
        <span class="pop-at"><${IconButton} icon="mood-smile" cls="sm" label=${t("emoji")} aria-expanded=${emoji} onClick=${() => setEmoji(!emoji)} />
          ${emoji && html`<${Emoji} onClose=${() => setEmoji(false)} onPick=${(x) => { setEmoji(false); drafts.write(c.id, ref.current.value, mode); composing.insert(x); }} />`}</span>
        ${mode === "reply" && html`
          <${IconButton} icon="photo" cls="sm" label=${t("picture")} onClick=${() => choose(files.current, "image/png,image/jpeg,image/webp,image/gif")} />
          <${IconButton} icon="paperclip" cls="sm w" label=${t("file")} onClick=${() => choose(files.current, "")} />
          <${IconButton} icon="bolt" cls="sm" label=${t("quick_replies")} hint="/" onMouseDown=${(e) => e.preventDefault()} onClick=${openSlash} />`}
        <input type="file" hidden multiple ref=${files} onChange=${(e) => { accept(e.target.files); e.target.value = ""; }} />
      </div>
    </div>
    ${quote && html`<div class="quoting"><span class="trunc grow">${t("they_said", { Name: quote.from.name })}${lastWords({ kind: quote.kind, text: quote.text ?? quote.file?.name })}</span><${IconButton} icon="x" cls="sm" label=${t("quote_drop")} onClick=${() => store.setIn(composing.quotes, c.id, undefined)} /></div>`}
    <${Tray} c=${c} items=${mode === "reply" ? tray : []} />
    <textarea id="composer-text" ref=${ref} rows="2" aria-label=${t(mode === "note" ? "note_text" : "reply_text")} placeholder=${t(mode === "note" ? "note_placeholder" : "reply_placeholder")}
      aria-autocomplete="list" aria-controls=${slash ? "slash" : undefined} aria-activedescendant=${slash && list.length ? "slash-" + slash.at : undefined}
      onInput=${typed} onKeyDown=${keys} onPaste=${paste} onBlur=${() => setTimeout(() => document.activeElement !== ref.current && setSlash(null), 150)} />
    <div class="bot"><span class="hint muted">${draft.text ? t(draft.state === "saved" ? "draft_saved" : "draft_local") : ""}</span>
      <span class="hint keys"><span class="kbd">↵</span>${t(mode === "note" ? "send_note" : "key_send")}</span><span class="hint keys"><span class="kbd">⇧↵</span>${t("key_break")}</span>${mode === "reply" && html`<span class="hint keys"><span class="kbd">/</span>${t("quick_replies")}</span>`}
      <button type="button" class=${`btn pri send${mode === "note" ? " as-note" : ""}`} onClick=${submit}>${t(mode === "note" ? "send_note" : tray.length ? "send_with" : "send", { Count: tray.length })}</button></div>
  </div>`;
}

function choose(input, accept) {
  input.accept = accept;
  input.click();
}

// grow lets the textarea have two to eight lines.
function grow(el) {
  el.style.height = "auto";
  el.style.height = Math.min(190, Math.max(66, el.scrollHeight)) + "px";
}

// Tray shows what will be sent, before it is.
function Tray({ c, items }) {
  if (!items.length) return null;
  return html`<ul class="tray" aria-label=${t("tray")}>${items.map((x) => html`<li key=${x.key}>
    ${x.picture ? html`<img src=${x.url} alt=${x.name} />` : html`<span class="doc"><${Icon} name="file-text" /><span class="trunc">${x.name}</span><small>${bytes(x.blob.size)}</small></span>`}
    <button type="button" class="off" aria-label=${t("tray_drop", { Name: x.name })} onClick=${() => attach.drop(c.id, x.key)}><${Icon} name="x" /></button></li>`)}</ul>`;
}
