// Quick replies under "/": found by code, title, heading and text, in characters,
// full pinyin or initials; browsed by heading; chosen with the keys.
import { html, useEffect, useRef } from "../vendor/preact-11.2.0.js";
import { Icon } from "./parts.js";
import { post } from "./api.js";
import { match } from "./pinyin.js";
import * as store from "./store.js";
import { t } from "./words.js";

const most = 50; // rows: who has not found it by then goes on typing

const headingOf = (r) => r.category || t("scope_" + r.scope);

// rank is how well a reply fits a word, and where: {n, code?, title?, text?}.
function rank(r, word) {
  if (!word) return { n: 1 };
  const code = match(r.code, word);
  const title = match(r.title, word);
  const text = match(r.text, word, true);
  const heading = match(headingOf(r), word);
  const n = code?.[0] === 0 ? 5 : code ? 4 : title ? 3 : heading ? 2 : text ? 1 : 0;
  return { n, code, title, text };
}

const uses = (r) => r.uses ?? 0;

// headings are what the replies stand under, the most used first.
function headings() {
  const all = new Map();
  for (const r of store.desk.value.quick_replies) all.set(headingOf(r), (all.get(headingOf(r)) ?? 0) + 1 + uses(r));
  return [...all].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

// find is what fits best, and among equals the most used: [{reply, at}].
export function find({ word, heading }) {
  return store.desk.value.quick_replies
    .filter((r) => !heading || headingOf(r) === heading)
    .map((reply) => ({ reply, at: rank(reply, word) })).filter(({ at }) => at.n)
    .sort((a, b) => b.at.n - a.at.n || uses(b.reply) - uses(a.reply)).slice(0, most);
}

// next is the heading after or before the one that is open; "" is all of them.
export function next(heading, by) {
  const all = ["", ...headings()];
  return all.at((all.indexOf(heading ?? "") + by) % all.length);
}

export const used = (reply) => {
  const count = (r) => (r.id === reply.id ? { ...r, uses: uses(r) + 1 } : r);
  store.desk.value = { ...store.desk.value, quick_replies: store.desk.value.quick_replies.map(count) };
  post(`quick-replies/${reply.id}/used`).catch(() => {}); // a count, nothing more
};

const pictureOf = (reply) => `/api/xiaoer/quick-replies/${reply.id}/picture`;

// picture fetches the picture that goes with a reply, as a file to be sent.
export async function picture(reply) {
  const answer = await fetch(pictureOf(reply));
  if (!answer.ok) throw new Error(String(answer.status));
  const blob = await answer.blob();
  return new File([blob], `${reply.title || reply.code || "picture"}.${blob.type.split("/")[1]}`, { type: blob.type });
}

// Found is a text with what was found in it marked; far into a long text it begins
// a little before.
function Found({ text, at, lead = "" }) {
  if (!at) return text;
  const head = [...text.slice(0, at[0])]; // by characters: an emoji is not cut in two
  const late = lead && head.length > 18;
  return html`${late ? lead : ""}${head.slice(late ? -8 : 0).join("")}<mark>${text.slice(...at)}</mark>${text.slice(at[1])}`;
}

const scopeClass = { staff: "b", shop: "", group: "v" };

function Row({ reply: r, at }) {
  return html`<code>${r.code && html`/<${Found} text=${r.code} at=${at.code} />`}</code>
    <p class="trunc">${r.title && html`<b><${Found} text=${r.title} at=${at.title} /></b>　`}<${Found} text=${r.text} at=${at.text} lead="…" /></p>
    ${r.file && html`<img src=${pictureOf(r)} alt=${t("picture")} loading="lazy" />`}<span class=${`tag ${scopeClass[r.scope] ?? ""}`}>${headingOf(r)}</span>`;
}

export function Popup({ open, list, onPick, onPoint, onHeading }) {
  const ref = useRef();
  const { word, at, heading = "" } = open;
  useEffect(() => { ref.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }); }, [at, heading]);
  const stay = (run) => (e) => { e.preventDefault(); run(); };
  return html`<div class="slash pop open">
    <div class="hd"><${Icon} name="bolt" size="sm" /><span class="grow trunc">${word ? t("slash_search", { Word: word }) : t("quick_replies")}</span>
      <span class="row keys"><span class="kbd">Tab</span>${t("key_heading")} <span class="kbd">↑</span><span class="kbd">↓</span>${t("key_choose")} <span class="kbd">↵</span>${t("key_insert")} <span class="kbd">${store.meta}↵</span>${t("key_send_now")}</span></div>
    <div class="heads" role="group" aria-label=${t("headings")}>${["", ...headings()].map((name) => html`<button type="button" class="chip" key=${name} aria-pressed=${name === heading} onMouseDown=${stay(() => onHeading(name))}>${name || t("filter_all")}</button>`)}</div>
    ${list.length ? html`<ul role="listbox" id="suggested" aria-label=${t("quick_replies")} ref=${ref}>${list.map((one, i) => html`
      <li role="option" id=${"suggested-" + i} key=${one.reply.id} aria-selected=${i === at} onMouseMove=${() => i !== at && onPoint(i)} onMouseDown=${stay(() => onPick(one))}><${Row} ...${one} /></li>`)}</ul>` : html`<p class="none">${t("slash_none")}</p>`}
    <button type="button" class="slash-new" onMouseDown=${stay(() => { store.dialog.value = { kind: "quick" }; })}><${Icon} name="plus" size="sm" />${t("quick_new")}</button>
  </div>`;
}
