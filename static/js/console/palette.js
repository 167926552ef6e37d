// The palette: everything by its name. What it lists are items {id, icon or who,
// text, more, keys, run}, in sections; actions come from their table, the rest from
// what the console knows and from the server's search.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { words } from "../lib/words.js";
import { Avatar, Icon } from "./parts.js";
import { get } from "./api.js";
import { actions, can, run } from "./actions.js";
import * as finds from "./found.js";
import { lastWords } from "./list.js";
import { Marked } from "./marked.js";
import { learn, match } from "./pinyin.js";
import { recent, remember } from "./recent.js";
import { search } from "./searching.js";
import { select } from "./select.js";
import { strokes } from "./sheet.js";
import * as composing from "./composing.js";
import * as store from "./store.js";
import { lang, t } from "./words.js";

const say = await words("palette", lang);

const han = /\p{sc=Han}/u; // what stands without spaces between the words

// rank says how well a text answers a word: at its beginning, at that of a word in
// it, anywhere, or in its other words; 0 not at all.
function rank(word, text = "", more = "") {
  const at = text.toLowerCase().indexOf(word);
  if (at === 0) return 4;
  if (at > 0) return /[\s/·(（]/.test(text[at - 1]) ? 3 : 2;
  if (match(text, word)) return 2; // by pinyin
  return more.toLowerCase().split(/[\s\p{P}]+/u).some((x) => x.startsWith(word)) || (han.test(word) && more.toLowerCase().includes(word)) ? 1 : 0;
}

const shown = 5; // of a section

const best = (a, b) => (b.rank ?? 0) - (a.rank ?? 0);

const matching = (word, list, most = shown) => list.map((x) => ({ ...x, rank: rank(word, x.text, x.words) })).filter((x) => x.rank).sort(best).slice(0, most);

const named = (key) => { const said = say(key); return said === key ? "" : said; };

const ofActions = (c) => actions.filter((a) => !a.hidden && can(a, c)).map((a) => ({
  id: "a:" + a.name, group: a.group, icon: a.icon, text: say("do_" + a.name), words: named(`do_${a.name}_words`), keys: strokes(a)[0], run: () => run(a),
}));

const open = (id) => () => { select(id); composing.ready(); };

const ofConversation = (c) => ({ id: "c:" + c.id, who: c.contact, channel: c.channel, text: c.contact?.name ?? "", more: lastWords(c.last), words: (c.tags ?? []).map((x) => x.name).join(" "), run: open(c.id) });

const ofReplies = (c) => (!store.mine(c) || c.status === "closed" ? [] : store.desk.value.quick_replies ?? []).map((r) => ({
  id: "q:" + r.id, icon: "bolt", text: `${r.code ? `/${r.code} ` : ""}${r.title ?? ""}`, more: r.text, words: r.text, run: () => { composing.picked.value = { conversation: c.id, reply: r }; },
}));

const ofArea = (a) => ({ id: "p:" + a.path, icon: a.icon, text: a.name, words: a.words, more: say("admin"), run: () => location.assign(a.path) });

let areas; // what of the admin console one may open, once it has been asked for

const fetched = async () => { areas ??= ((await get("desk/areas").catch(() => null))?.areas ?? []).map(ofArea); };

const nothing = { customers: [], messages: [] };

const ofCustomer = (h) => ({ id: "k:" + (h.customer?.id ?? h.conversation), who: h.customer, text: h.customer?.name ?? "", run: open(h.conversation) });

const ofMessage = (h) => ({ id: "m:" + h.id, who: h.contact ?? h.customer, text: h.customer?.name || h.contact?.name, more: html`<${Marked} of=${h.snippet} />`, run: () => finds.open(h) });

// found asks the server for customers and for what was said, among all that one may
// see. What there is more of is in the search over everything.
async function found(word) {
  if (!word) return nothing;
  const of = (kind) => get(`search?kind=${kind}&q=${encodeURIComponent(word)}`).then(({ hits }) => (hits ?? []).filter((h) => h.conversation), () => []);
  const [customers, said] = await Promise.all([of("customers"), of("messages")]);
  const messages = said.slice(0, shown).map(ofMessage);
  if (said.length > shown) messages.push({ id: "m:all", icon: "list-search", text: say("all_messages", { Typed: word }), run: () => search(word) });
  return { customers: customers.slice(0, shown).map(ofCustomer), messages };
}

// sections are what the palette shows for a word, empty ones left out; the one with
// what answers it best comes first, what the server has found last.
function sections(word, hits) {
  const c = store.current.value;
  const all = ofActions(c);
  const talks = [...store.conversations.value.values()];
  const list = word
    ? [["conversation", matching(word, all.filter((x) => x.group === "conversation"))], ["conversations", matching(word, talks.map(ofConversation))],
      ["replies", matching(word, ofReplies(c))], ["customers", hits.customers], ["rest", matching(word, all.filter((x) => x.group !== "conversation"), 8)],
      ["admin", matching(word, areas ?? [])], ["messages", hits.messages]]
    : begun(c, all);
  return list.map(([name, items]) => ({ name, items })).filter((s) => s.items.length).sort((a, b) => (word ? best(a.items[0], b.items[0]) : 0));
}

// begun is what is shown before a word: what was done lately, what can be done here,
// who waits.
function begun(c, all) {
  const known = new Map([...all, ...ofReplies(c), ...(areas ?? [])].map((x) => [x.id, x]));
  const lately = recent().map((id) => known.get(id)).filter(Boolean).slice(0, 4);
  const waits = [...store.mineOpen.value, ...store.queue.value].filter((x) => x.waiting_since && x.id !== c?.id).slice(0, 4).map(ofConversation);
  const rest = (group) => all.filter((x) => x.group === group && !lately.includes(x));
  return [["recent", lately], ["conversation", rest("conversation")], ["waiting", waits], ["go", rest("go")], ["me", rest("me")]];
}

export function Palette() {
  const box = useRef();
  const then = useRef();
  const [word, setWord] = useState("");
  const [chosen, choose] = useState(""); // the item's id: the list may move under it
  const [hits, setHits] = useState(nothing);
  const [, drawn] = useState(0);
  const list = sections(word, hits);
  const flat = list.flatMap((s) => s.items);
  const at = Math.max(0, flat.findIndex((x) => x.id === chosen));
  const item = flat[at];
  const close = () => { store.dialog.value = null; };
  const go = (x) => { if (!x) return; remember(x.id); then.current = x.run; close(); };

  useLayoutEffect(() => { // what was chosen is done once the focus is back where it was
    const before = document.activeElement;
    box.current.showModal();
    box.current.querySelector("input").focus();
    return () => { before?.focus?.(); then.current?.(); };
  }, []);
  useEffect(() => { fetched().then(() => drawn(1)); learn(); }, []);
  useEffect(() => {
    let over = false;
    const asked = setTimeout(() => found(word).then((list) => over || setHits(list)), 150);
    return () => { over = true; clearTimeout(asked); };
  }, [word]);
  useEffect(() => { box.current.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }); }, [item?.id]);

  const typed = (e) => { setWord(e.target.value.trim().toLowerCase()); choose(""); };
  const keys = (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && flat.length) choose(flat.at((at + step) % flat.length).id);
    else if (e.key === "Enter") go(item);
    else if ((e.ctrlKey || e.metaKey) && e.code === "KeyK") close();
    else return;
    e.preventDefault();
  };
  return html`<dialog ref=${box} class="plt" aria-label=${say("title")} onCancel=${(e) => { e.preventDefault(); close(); }} onClick=${(e) => e.target === box.current && close()}>
    <div class="plt-h"><${Icon} name="search" /><input type="text" role="combobox" aria-expanded="true" aria-controls="plt-list" aria-autocomplete="list" aria-activedescendant=${item && "plt-" + item.id}
      aria-label=${say("title")} placeholder=${say("hint")} autocomplete="off" spellcheck="false" onInput=${typed} onKeyDown=${keys} /><button type="button" class="kbd" onClick=${close}><span class="sr">${t("close_dialog")} </span>Esc</button></div>
    <div class="plt-l scroll" role="listbox" id="plt-list" aria-label=${say("title")} tabindex="-1">${list.map((s) => html`<div role="group" key=${s.name} aria-label=${say("group_" + s.name)}><small aria-hidden="true">${say("group_" + s.name)}</small>
      ${s.items.map((x) => html`<${Item} key=${x.id} x=${x} on=${x === item} point=${() => x !== item && choose(x.id)} go=${() => go(x)} />`)}</div>`)}</div>
    ${!flat.length && html`<p class="plt-none" role="status">${say("nothing")}</p>`}
    <div class="plt-f"><span><span class="kbd">↑</span><span class="kbd">↓</span>${t("key_choose")}</span><span><span class="kbd">↵</span>${say("do")}</span>
      <button type="button" onClick=${() => go({ id: "a:keys", run: () => { store.dialog.value = { kind: "keys" }; } })}><span class="kbd">?</span>${say("do_keys")}</button></div>
  </dialog>`;
}

const Item = ({ x, on, point, go }) => html`<div role="option" id=${"plt-" + x.id} class="plt-i" aria-selected=${on} onMouseMove=${point} onClick=${go}>
  ${x.who ? html`<${Avatar} who=${x.who} size="xs" />` : html`<${Icon} name=${x.icon} />`}<span class="trunc">${x.text}</span><span class="plt-m trunc">${x.more}</span>${x.keys && html`<span class="row">${x.keys.map((key) => html`<span class="kbd" key=${key}>${key}</span>`)}</span>`}</div>`;
