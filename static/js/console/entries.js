// A thread's entries as they are drawn: by days, in runs of one person's bubbles,
// with what they answer to and how far they have come.
import { html } from "../vendor/preact-11.2.0.js";
import { Entry, own } from "./bubble.js";
import { lastWords } from "./list.js";
import * as store from "./store.js";
import { day, sameDay, t, time } from "./words.js";

const runGap = 180_000; // a pause that begins a new run of bubbles

// drawn keeps what was made of an entry while nothing about it has changed: a thread
// that moves by one draws one.
const drawn = new WeakMap();

function entry(m, props) {
  const look = Object.values(props).join("\n");
  const old = drawn.get(m);
  if (old?.look === look) return old.node;
  const node = html`<${Entry} key=${m.id} m=${m} ...${props} />`;
  drawn.set(m, { look, node });
  return node;
}

// draw is the entries from one to another, with days, runs and marks.
export function draw(entries, from, to, c, divider) {
  const readAt = lastRead(entries, c);
  const out = [];
  let prev = entries[from - 1]; // so that nothing changes when the page moves up
  for (let i = from; i < to; i++) {
    const m = entries[i];
    const ms = Date.parse(m.time);
    if (!prev || !sameDay(Date.parse(prev.time), ms)) {
      out.push(html`<div class="day" key=${"day-" + m.id}><time datetime=${m.time}>${day(ms, store.serverNow())} ${time(ms)}</time></div>`);
      prev = null;
    }
    if (m.id === divider) { out.push(html`<div class="newline" key="newline">${t("new_messages")}</div>`); prev = null; }
    out.push(entry(m, { joined: !!prev && joins(prev, m), quoted: quoted(m.quote, entries), receipt: receipt(entries, i, readAt) }));
    prev = m;
  }
  return out;
}

export const bubble = (m) => m.kind !== "event" && m.kind !== "note" && !m.recalled;
const joins = (a, b) => bubble(a) && bubble(b) && a.from.kind === b.from.kind && a.from.id === b.from.id && Date.parse(b.time) - Date.parse(a.time) < runGap;

function lastRead(entries, c) {
  const marked = c.read_visitor ? entries.findLastIndex((m) => m.cursor === c.read_visitor) : -1;
  return Math.max(marked, entries.findLastIndex((m) => m.from?.kind === "visitor"));
}

// A receipt stands under the last bubble of one's run.
function receipt(entries, i, readAt) {
  const m = entries[i];
  if (!own(m) || !bubble(m) || (entries[i + 1] && joins(m, entries[i + 1]))) return "";
  return i <= readAt ? "read" : "sent";
}

// quoted is what an entry answers to, in one line.
export function quoted(id, entries) {
  if (!id) return null;
  const m = entries.find((x) => x.id === id);
  if (!m) return t("quote_earlier");
  return `${t("they_said", { Name: m.from.name ?? "" })}${m.recalled ? t("recalled_short") : lastWords({ kind: m.kind, text: m.text ?? m.file?.name })}`;
}
