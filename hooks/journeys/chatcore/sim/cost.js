/**
 * What reading other people's words costs: whatever they are, and however long, it must not make a page stand still.
 */
import { links } from "/static/current/js/lib/links.js";
import { promise } from "/static/current/js/lib/promises.js";

const LONG = 65536;
const MOST = 250; // ms, for all of it, on a machine that does other things

/** Texts that expressions of the careless kind choke on: one thing over and over, and then something else. */
const pumped = [
  "a", "A", "0", " ", "\t", "\n", "-", "_", ".", "@", "/", "[", "(", "（", "{", "<", "*", "#", "`", "'", '"', "，", "。", "转", "年", "休", "一", "é", "a\u0301", "😀", "👩‍🔧", "\ufe0f", "\u202e",
  "> ", "* ", "[[", "![", "](", "a@", "a.", "-a", "a@a.", "@a", "1-", "1:", "1：", "1-1:11-", "http://", "https://a", "https://a.b:1", "{a", "{a}", "{{.a}}", "<a ", "tel:+1", "+86 ", "13812345678", "访客-", "休上", "明天", "in 1 ", "by the ",
];
const heads = ["", "https://", "a@", "{", "（"];
const tails = ["", "!"];

function* texts() {
  for (const one of pumped) for (const head of heads) for (const tail of tails) yield head + one.repeat(LONG / one.length) + tail;
}

/** The least of some runs: what else the machine does is not ours. */
function took(act) {
  let least = Infinity;
  for (let i = 0; i < 6 && least > MOST; i++) {
    const began = performance.now();
    act();
    least = Math.min(least, performance.now() - began);
  }
  return least;
}

function compiled(source, flags) {
  try {
    return new RegExp(source, flags);
  } catch {
    return null; // two slashes of a template, with something between them
  }
}

/** Those of [source, flags] that need too long for something, with what it was. */
export function costly(expressions) {
  const slow = [];
  let worst = 0;
  for (const [source, flags] of expressions) {
    const re = compiled(source, flags);
    if (!re) continue;
    for (const text of texts()) {
      const ms = took(() => (re.global ? text.replace(re, "") : re.exec(text)));
      worst = Math.max(worst, ms);
      if (ms <= MOST) continue;
      slow.push(`/${source}/${flags} takes ${Math.round(ms)} ms for ${JSON.stringify(text.slice(0, 20))}…${JSON.stringify(text.slice(-3))}`);
      break;
    }
  }
  return { slow, worst: Math.round(worst * 10) / 10 };
}

/** Links and promises are found in whatever is written, and what is found is harmless. */
export function found(rounds, seed) {
  const broken = new Set();
  let worst = 0;
  for (const text of texts()) {
    if (broken.size > 9) break;
    for (const [name, act] of Object.entries({ links: () => links(text), promises: () => promise(text, Date.now()) })) {
      const ms = took(act);
      worst = Math.max(worst, ms);
      if (ms > MOST && broken.size < 20) broken.add(`${name}: ${Math.round(ms)} ms for ${JSON.stringify(text.slice(0, 20))}…${JSON.stringify(text.slice(-3))}`);
    }
  }
  const parts = [
    "javascript:", "JaVaScRiPt:", "java\tscript:", "java\nscript:", "\u0001javascript:", "&#106;avascript:", "data:text/html,", "vbscript:", "file:///", "blob:", "https://", "HTTP://", "https:", "//", "\\\\", "mailto:", "tel:",
    "a.cn", "аррӏе.com", "127.0.0.1", "[::1]", "@", ":", "/", "?", "#", "=", "%0a", "%00", "\u0000", "\u202e", "\u200b", "[x](", ")", "![", "<", ">", '"', "'", " ", "，", "alert(1)", "13812345678", "+86", "a", "1",
  ];
  const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let i = 0; i < rounds; i++) {
    const text = Array.from({ length: 1 + next() * 8 }, () => parts[Math.floor(next() * parts.length)]).join("");
    const list = links(text);
    const bad = list.find(({ href }) => href !== undefined && (!/^(https?|mailto|tel):$/.test(new URL(href).protocol) || /[\0-\x1f]/.test(href)));
    if (bad) broken.add(`${JSON.stringify(text)} leads to ${bad.href}`);
    if (list.some((part) => !part.href && !text.includes(part.text))) broken.add(`${JSON.stringify(text)} is shown as ${JSON.stringify(list)}`);
  }
  return { broken: [...broken], worst: Math.round(worst * 10) / 10 };
}
