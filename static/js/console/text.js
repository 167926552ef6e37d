// Plain text with its links found, and the colleagues whom a note names; text is
// only ever set as text.
import { html } from "../vendor/preact-11.2.0.js";
import { links } from "../lib/links.js";

// Text is a text; names are those that stand out in it after an “@”.
export const Text = ({ text, names = [] }) => html`<span class="tx">${links(text ?? "").map(({ text: word, href }) =>
  href ? html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${word}</a>` : named(word, names))}</span>`;

function named(text, names) {
  const name = names.filter(Boolean).sort((a, b) => b.length - a.length).find((one) => text.includes("@" + one));
  if (!name) return text;
  return text.split("@" + name).flatMap((part, i) => [i > 0 && html`<span class="at">@${name}</span>`, named(part, names)]);
}
