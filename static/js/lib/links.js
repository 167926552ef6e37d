/**
 * Finds links in plain text: [{text, href?}] whose texts make up the whole again.
 * Only what is safe to open becomes one: http, https, mailto and tel. Chinese punctuation ends an address,
 * and what usually closes a sentence is left out of it. (No lookbehind: Safari 15 has none. What comes before an @ is
 * bounded, as RFC 5321 bounds it: a long word without one would be read again from each of its letters.)
 */
const LINK = /https?:\/\/[^\s<>"'“”‘’，。；：！？、（）《》【】「」]+|(?:mailto:)?[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|tel:\+?[\d-]{5,20}|(?:\+86[- ]?)?1[3-9]\d{9}/g;

export function links(text) {
  const parts = [];
  let at = 0;
  const plain = (to) => to > at && parts.push({ text: text.slice(at, to) });
  for (const { 0: raw, index } of text.matchAll(LINK)) {
    const found = trimmed(raw);
    if (digit(text[index - 1]) || digit(text[index + raw.length])) continue; // a piece of a longer number
    const href = address(found);
    if (!href) continue;
    plain(index);
    parts.push({ text: found, href });
    at = index + found.length;
  }
  plain(text.length);
  return parts;
}

const digit = (c) => c >= "0" && c <= "9";

/** Without what ends a sentence; a bracket stays where its partner is inside. */
function trimmed(raw) {
  let end = raw.length;
  while (end > 0) {
    const c = raw[end - 1];
    if (!/[.,;:!?)\]}]/.test(c)) break;
    if (c === ")" && raw.slice(0, end).includes("(")) break;
    end--;
  }
  return raw.slice(0, end);
}

function address(found) {
  const href = /^(https?|mailto|tel):/.test(found) ? found : found.includes("@") ? `mailto:${found}` : `tel:${found.replace(/[- ]/g, "")}`;
  try {
    return ["http:", "https:", "mailto:", "tel:"].includes(new URL(href).protocol) ? href : null;
  } catch {
    return null;
  }
}
