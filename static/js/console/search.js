// The search over everything that one may see, in the place of the list: what was
// found stays while one looks at it in the thread beside.
import { html, useEffect, useRef } from "../vendor/preact-11.2.0.js";
import { words } from "../lib/words.js";
import { Avatar, Icon, IconButton, Level } from "./parts.js";
import { ask, asked, at, found, kinds, more, open } from "./found.js";
import { closeSearch, everywhere } from "./searching.js";
import { Marked } from "./marked.js";
import { unseek } from "./sought.js";
import * as store from "./store.js";
import { lang, short, t } from "./words.js";

const say = await words("search", lang);

const rest = 200; // ms after a key, before it is asked

export function Search() {
  const field = useRef();
  const timer = useRef();
  const { typed, kind, sort } = asked.value;
  useEffect(() => {
    const begun = everywhere.value.typed.trim();
    field.current.value = begun || typed;
    if (begun && begun !== typed) ask({ typed: begun });
    field.current.focus();
    field.current.select();
  }, [everywhere.value]);
  useEffect(() => () => { clearTimeout(timer.current); unseek(); }, []);

  const now = () => { clearTimeout(timer.current); const word = field.current.value.trim(); if (word !== asked.peek().typed) ask({ typed: word }); };
  const soon = (e) => { if (!e.isComposing) { clearTimeout(timer.current); timer.current = setTimeout(now, rest); } };
  const keys = (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    const hits = found.value.hits;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && hits.length) at.value = Math.min(hits.length - 1, Math.max(0, at.value + step));
    else if (e.key === "Enter" && field.current.value.trim() !== asked.peek().typed) now();
    else if (e.key === "Enter" && hits.length) { at.value = Math.max(0, at.value); open(hits[at.value]); }
    else if (e.key === "Escape") closeSearch();
    else return;
    e.preventDefault();
    if (step && at.value > hits.length - 5) more();
  };
  return html`<section class="list srch" aria-label=${say("title")}>
    <div class="list-h">
      <div class="row"><${IconButton} icon="arrow-left" label=${say("back")} hint="Esc" onClick=${closeSearch} /><h1 class="grow">${say("title")}</h1>
        <button type="button" class="sort" title=${say("sort_change")} onClick=${() => ask({ sort: sort === "best" ? "newest" : "best" })}>${say("by_" + sort)}<${Icon} name="sort-descending" size="sm" /></button></div>
      <div class="field" role="search"><${Icon} name="search" /><input ref=${field} id="narrow" type="search" role="combobox" aria-expanded=${found.value.hits.length > 0} aria-controls="found" aria-autocomplete="list"
        aria-activedescendant=${at.value >= 0 ? "hit-" + at.value : undefined} aria-label=${say("label")} placeholder=${say("hint")} autocomplete="off" spellcheck="false" maxlength="100"
        onInput=${soon} onCompositionEnd=${soon} onKeyDown=${keys} /></div>
    </div>
    <${Tabs} kind=${kind} />
    <${Hits} />
  </section>`;
}

function Tabs({ kind }) {
  const arrows = (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    const name = kinds.at((kinds.indexOf(kind) + step) % kinds.length);
    ask({ kind: name });
    document.getElementById("srch-" + name)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${say("kinds")} onKeyDown=${arrows}>${kinds.map((name) => html`<button type="button" role="tab" key=${name} id=${"srch-" + name}
    aria-selected=${kind === name} aria-controls="found-in" tabindex=${kind === name ? 0 : -1} onClick=${() => ask({ kind: name })}>${say(name)}</button>`)}</div>`;
}

function Hits() {
  const box = useRef();
  const { state, hits, indexed, message } = found.value;
  const { typed, kind } = asked.value;
  useEffect(() => { if (state === "loading" && !hits.length) box.current.scrollTop = 0; }, [typed, kind]);
  useEffect(() => { document.getElementById("hit-" + at.value)?.scrollIntoView({ block: "nearest" }); }, [at.value]);
  const end = ({ currentTarget: el }) => { if (el.scrollHeight - el.scrollTop - el.clientHeight < 600) more(); };
  return html`<div class="items scroll" role="tabpanel" id="found-in" aria-labelledby=${"srch-" + kind} ref=${box} onScroll=${end} tabindex="-1" aria-busy=${state === "loading"}>
    ${indexed !== undefined && html`<p class="srch-n" role="note"><${Icon} name="hourglass" size="sm" />${say("indexing", { Share: Math.floor(indexed * 100) })}</p>`}
    <div role="listbox" id="found" aria-label=${say(kind)}>${hits.map((h, i) => html`<${Hit} key=${h.kind + h.id} h=${h} i=${i} on=${i === at.value} />`)}</div>
    ${state === "loading" && !hits.length && html`<div class="skel rows" aria-hidden="true"><i /><i /><i /><i /></div>`}
    ${state === "" && html`<div class="nothing"><${Icon} name="list-search" /><p>${say("begin")}</p></div>`}
    ${state === "failed" && html`<div class="nothing" role="alert"><${Icon} name="wifi-off" /><p>${message || t("not_connected")}</p><button type="button" class="btn sm" onClick=${() => ask({})}>${t("load_again")}</button></div>`}
    ${state === "ready" && !hits.length && html`<div class="nothing" role="status"><${Icon} name="search" /><p>${say("none_" + kind, { Typed: typed })}</p></div>`}
    <span class="sr" role="status">${state === "ready" && hits.length ? say("some") : ""}</span>
  </div>`;
}

// whose says who wrote what was found.
function whose(h) {
  if (h.kind === "customer" || h.from.kind === "visitor") return "";
  if (h.from.kind === "staff") return `${h.from.id === store.you.value.id ? t("you_said") : t("they_said", { Name: h.from.name })}`;
  return h.from.name ? t("they_said", { Name: h.from.name }) : "";
}

function Hit({ h, i, on }) {
  const who = h.customer?.name ? h.customer : h.contact ?? h.customer;
  const note = h.kind === "note" || h.kind === "customer_note";
  return html`<div role="option" id=${"hit-" + i} class="hit" aria-selected=${on} aria-disabled=${!h.conversation} data-id=${h.id} title=${h.conversation ? undefined : say("no_thread")}
    onClick=${() => { at.value = i; open(h); }}>
    <${Avatar} who=${{ ...who, id: h.contact?.id ?? who?.id }} channel=${h.channel} />
    <div class="hit-b"><div class="l1"><span class="nm trunc">${h.kind === "customer" ? html`<${Marked} of=${h.snippet} />` : who?.name}</span><${Level} who=${who} />${h.time && html`<time class="tm" datetime=${h.time}>${short(Date.parse(h.time), store.serverNow())}</time>`}</div>
      ${h.kind === "customer" ? html`<${Known} h=${h} />` : html`<p><span>${note && html`<${Icon} name=${h.kind === "note" ? "lock" : "note"} size="sm" />`}${whose(h)}<${Marked} of=${h.snippet} /></span></p>`}</div>
  </div>`;
}

const labels = new Set(["name", "phone", "email", "said_phone", "said_email", "region", "level", "distributor_level", "tag", "identity"]);

// Known is by what a customer was found, or how they can be reached.
function Known({ h }) {
  if (h.field) return html`<p><span>${h.field.label || (labels.has(h.field.name) ? say("field_" + h.field.name) : "")} <${Marked} of=${h.field.snippet} /></span></p>`;
  return html`<p>${h.customer.phone ? `${say("field_phone")} ${h.customer.phone}` : h.conversation ? h.channel?.name : say("no_thread")}</p>`;
}
