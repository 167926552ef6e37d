// A snippet with what was searched for marked in it.
import { html } from "../vendor/preact-11.2.0.js";

export function Marked({ of: { text, marks } }) {
  const out = [];
  let end = 0;
  for (const [from, to] of marks) {
    out.push(text.slice(end, from), html`<mark>${text.slice(from, to)}</mark>`);
    end = to;
  }
  return html`<span>${out}${text.slice(end)}</span>`;
}
