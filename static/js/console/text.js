// Plain text with its links found; text is only ever set as text.
import { html } from "../vendor/preact-11.2.0.js";
import { links } from "../lib/links.js";

export const Text = ({ text }) => html`<span class="tx">${links(text ?? "").map(({ text: word, href }) =>
  href ? html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${word}</a>` : word)}</span>`;
