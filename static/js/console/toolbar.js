// What stands above the text: to whom it goes, and what can be put into it.
import { html, useRef, useState } from "../vendor/preact-11.2.0.js";
import { Icon, IconButton } from "./parts.js";
import { later } from "./later.js";
import * as composing from "./composing.js";
import { t } from "./words.js";

const Emoji = later(() => import("./emoji.js").then((module) => module.Emoji), () => {});

export function Toolbar({ reply, noting, draft, onTurn, onFiles, onSlash }) {
  const [emoji, setEmoji] = useState(false);
  const files = useRef();
  return html`<div class="top">
    <div role="group" aria-label=${t("send_to")} class="flow">
      ${reply && html`<button type="button" class="md" aria-pressed=${!noting} title="Alt N" onClick=${() => onTurn("reply")}>${t("reply")}${noting && draft.reply && html`<i class="has" title=${t("draft")} />`}</button>`}
      <button type="button" class="md" aria-pressed=${noting} title="Alt N" onClick=${() => onTurn("note")}><${Icon} name="lock" size="sm" />${t("note")}${!noting && draft.note && html`<i class="has" title=${t("draft_note")} />`}</button>
    </div>
    <div class="bar">
      <span class="pop-at"><${IconButton} icon="mood-smile" cls="sm" label=${t("emoji")} aria-expanded=${emoji} onClick=${() => setEmoji(!emoji)} />
        ${emoji && html`<${Emoji} onClose=${() => setEmoji(false)} onPick=${(x) => { setEmoji(false); composing.insert(x, noting ? "note" : "reply"); }} />`}</span>
      ${!noting && html`
        <${IconButton} icon="photo" cls="sm" label=${t("picture")} onClick=${() => ask(files.current, "image/png,image/jpeg,image/webp,image/gif")} />
        <${IconButton} icon="paperclip" cls="sm w" label=${t("file")} onClick=${() => ask(files.current, "")} />
        <${IconButton} icon="bolt" cls="sm" label=${t("quick_replies")} hint="/" onMouseDown=${(e) => e.preventDefault()} onClick=${onSlash} />`}
      ${noting && html`<${IconButton} icon="at" cls="sm" label=${t("mention")} hint="@" onMouseDown=${(e) => e.preventDefault()} onClick=${() => { composing.insert("@", "note"); composing.put.value = { ...composing.put.peek(), typed: true }; }} />`}
      <input type="file" hidden multiple ref=${files} onChange=${(e) => { onFiles(e.target.files); e.target.value = ""; }} />
    </div>
  </div>`;
}

function ask(input, accept) {
  input.accept = accept;
  input.click();
}
