// Quick replies under "/": found by code, title and text, chosen with the keys.
import { html, useEffect, useRef } from "../vendor/preact-11.2.0.js";
import { Icon } from "./parts.js";
import { post } from "./api.js";
import * as store from "./store.js";
import { t } from "./words.js";

const shown = 8;

// find ranks the replies for a word: a code that begins with it, then titles,
// then texts; among equals the most used.
export function find(word) {
  const all = store.desk.value.quick_replies ?? [];
  const w = word.toLowerCase();
  const rank = (r) => {
    if (!w) return 1;
    if (r.code?.toLowerCase().startsWith(w)) return 4;
    if (r.code?.toLowerCase().includes(w)) return 3;
    if (r.title?.toLowerCase().includes(w)) return 2;
    return r.text?.toLowerCase().includes(w) ? 1 : 0;
  };
  return all.map((r) => [rank(r), r]).filter(([n]) => n).sort((a, b) => b[0] - a[0] || (b[1].uses ?? 0) - (a[1].uses ?? 0)).slice(0, shown).map(([, r]) => r);
}

// fill puts names into a reply: {客户昵称} is the customer, {客服昵称} is me. What
// stays in braces is for the agent; the first such place is selected.
export function fill(text, c) {
  const customer = c.contact.name;
  const me = store.you.value.name;
  const values = { 客户昵称: customer, 昵称: customer, name: customer, 客服昵称: me, 客服: me, agent: me, 店铺名: store.desk.value.shop?.name };
  const out = text.replace(/\{([^{}\s]{1,12})\}/g, (whole, key) => values[key] ?? whole);
  const open = /\{[^{}]{1,20}\}/.exec(out);
  return { text: out, from: open ? open.index : out.length, to: open ? open.index + open[0].length : out.length };
}

export const used = (reply) => post(`quick-replies/${reply.id}/used`).catch(() => {}); // a count, nothing more

// picture fetches the picture that goes with a reply, as a file to be sent.
export async function picture(reply) {
  const answer = await fetch(`/api/xiaoer/quick-replies/${reply.id}/picture`);
  if (!answer.ok) throw new Error(String(answer.status));
  const blob = await answer.blob();
  return new File([blob], `${reply.title || reply.code || "picture"}.${blob.type.split("/")[1]}`, { type: blob.type });
}

const marked = (code, word) => {
  const at = word ? code.toLowerCase().indexOf(word.toLowerCase()) : -1;
  return at < 0 ? `/${code}` : html`/${code.slice(0, at)}<mark>${code.slice(at, at + word.length)}</mark>${code.slice(at + word.length)}`;
};

const scopeClass = { staff: "b", shop: "", group: "v" };

export function Slash({ word, list, at, onPick, onPoint }) {
  const ref = useRef();
  useEffect(() => { ref.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }); }, [at]);
  return html`<div class="slash pop open">
    <div class="hd"><${Icon} name="bolt" size="sm" /><span class="grow trunc">${word ? t("slash_search", { Word: word }) : t("quick_replies")}</span>
      <span class="row keys"><span class="kbd">↑</span><span class="kbd">↓</span>${t("key_choose")} <span class="kbd">↵</span>${t("key_insert")} <span class="kbd">${store.meta}↵</span>${t("key_send_now")}</span></div>
    ${list.length ? html`<ul role="listbox" id="slash" aria-label=${t("quick_replies")} ref=${ref}>${list.map((r, i) => html`
      <li role="option" id=${"slash-" + i} key=${r.id} aria-selected=${i === at} onMouseMove=${() => i !== at && onPoint(i)} onMouseDown=${(e) => { e.preventDefault(); onPick(r); }}>
        <code>${r.code ? marked(r.code, word) : ""}</code><p class="trunc"><b>${r.title}</b>　${r.text}</p>${r.file && html`<${Icon} name="photo" size="sm" />`}<span class=${`tag ${scopeClass[r.scope] ?? ""}`}>${r.category || t("scope_" + r.scope)}</span>
      </li>`)}</ul>` : html`<p class="none">${t("slash_none")}</p>`}
    <button type="button" class="slash-new" onMouseDown=${(e) => { e.preventDefault(); store.dialog.value = { kind: "quick" }; }}><${Icon} name="plus" size="sm" />${t("quick_new")}</button>
  </div>`;
}
