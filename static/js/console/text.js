// Plain text with its links found. Text is only ever set as text; an address is
// a link only with a scheme that cannot run anything.
import { html } from "../vendor/preact-11.2.0.js";

// Full-width punctuation ends an address: Chinese writes no space around it.
const found = /(https?:\/\/[^\s<>"'`，。！？；：、（）《》「」【】“”‘’]+)|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)|((?<![\d.\-])(?:1[3-9]\d{9}|400-?\d{3}-?\d{4}|0\d{2,3}-\d{7,8})(?![\d\-]))/giu;

const trailing = /[.,!?;:)\]}]+$/;

// parts splits text into strings and {text, href}.
export function parts(text) {
  const out = [];
  let at = 0;
  for (const hit of text.matchAll(found)) {
    let [word, url, mail, phone] = hit;
    if (url) {
      const tail = url.match(trailing)?.[0] ?? "";
      if (tail && !(tail.startsWith(")") && url.includes("("))) word = url = url.slice(0, -tail.length);
    }
    const href = url ? safe(url) : mail ? "mailto:" + mail : "tel:" + phone.replace(/-/g, "");
    if (!href) continue;
    if (hit.index > at) out.push(text.slice(at, hit.index));
    out.push({ text: word, href });
    at = hit.index + word.length;
  }
  if (at < text.length) out.push(text.slice(at));
  return out;
}

function safe(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:"].includes(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

export const Text = ({ text }) => html`<span class="tx">${parts(text ?? "").map((p) =>
  typeof p === "string" ? p : html`<a href=${p.href} target="_blank" rel="noopener noreferrer nofollow">${p.text}</a>`)}</span>`;
