// Tagging a conversation by the keyboard: the tags under a word, each on or off.
import { html, useEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { words } from "../lib/words.js";
import { Dialog, Icon, Tag } from "./parts.js";
import { put } from "./api.js";
import * as store from "./store.js";
import { shown } from "./tried.js";
import { lang, t } from "./words.js";

const say = await words("palette", lang);

const set = (c, tags) => shown(c, { tags }, put(`conversations/${c.id}/tags`, { tags: tags.map((x) => x.id) }));

export function Tags({ id }) {
  const [word, setWord] = useState("");
  const [at, setAt] = useState(0);
  const box = useRef();
  const c = store.conversations.value.get(id);
  const close = () => { store.dialog.value = null; };
  useEffect(() => { box.current?.querySelector("[data-at=true]")?.scrollIntoView({ block: "nearest" }); }, [at]);
  if (!c) return null;
  const has = new Set((c.tags ?? []).map((x) => x.id));
  const list = (store.desk.value.tags ?? []).filter((x) => x.name.toLowerCase().includes(word));
  const here = Math.min(at, list.length - 1);
  const flip = (tag) => set(c, has.has(tag.id) ? c.tags.filter((x) => x.id !== tag.id) : [...(c.tags ?? []), tag]);
  const keys = (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && list.length) setAt((here + step + list.length) % list.length);
    else if (e.key === "Enter" && list.length) flip(list[here]);
    else return;
    e.preventDefault();
  };
  return html`<${Dialog} title=${say("tags_title", { Name: c.contact.name })} onClose=${close} cls="tgs">
    <div class="dlg-b"><div class="field"><${Icon} name="search" /><input type="text" role="combobox" aria-expanded="true" aria-controls="tgs-list" aria-autocomplete="list" aria-activedescendant=${list.length ? "tgs-" + list[here].id : undefined}
        aria-label=${say("tags_find")} placeholder=${say("tags_find")} autocomplete="off" onInput=${(e) => { setWord(e.target.value.trim().toLowerCase()); setAt(0); }} onKeyDown=${keys} /></div>
      <div class="tgs-l scroll" id="tgs-list" role="listbox" aria-multiselectable="true" aria-label=${say("do_tag")} ref=${box}>${list.map((tag, i) => html`<div role="option" key=${tag.id} id=${"tgs-" + tag.id} class="plt-i" aria-selected=${has.has(tag.id)} data-at=${i === here} onMouseMove=${() => i !== here && setAt(i)} onClick=${() => flip(tag)}>
        <span class="tgs-x">${has.has(tag.id) && html`<${Icon} name="check" />`}</span><${Tag} tag=${tag} /></div>`)}</div>
      ${!list.length && html`<p class="plt-none" role="status">${say("tags_none")}</p>`}</div>
    <div class="dlg-f"><span class="muted small grow"><span class="kbd">↵</span> ${say("tags_flip")} <span class="kbd">Esc</span> ${t("done")}</span><button type="button" class="btn pri" onClick=${close}>${t("done")}</button></div>
  <//>`;
}
