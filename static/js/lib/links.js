/**
 * Finds links in plain text: [{text, href?}] whose texts make up the whole again.
 * Only what is safe to open becomes one: http, https, mailto and tel. Chinese punctuation ends an address, marks that
 * turn the direction of writing do too, and what usually closes a sentence is left out of it. (No lookbehind: Safari 15
 * has none. What comes before an @ is bounded, as RFC 5321 bounds it: a long word without one would be read again from
 * each of its letters.)
 *
 * A link says where it leads: a host of other letters than ASCII is shown as its ASCII name, since Cyrillic а looks like
 * a, and what pretends to be a host before an @ makes no link.
 */
const LINK = /https?:\/\/[^\s<>"'“”‘’，。；：！？、（）《》【】「」\u200b-\u200f\u202a-\u202e\u2066-\u2069]+|(?:mailto:)?[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|tel:\+?[\d-]{5,20}|(?:\+86[- ]?)?1[3-9]\d{9}/g;

export function links(text) {
  const parts = [];
  let at = 0;
  const plain = (to) => to > at && parts.push({ text: text.slice(at, to) });
  for (const { 0: raw, index } of text.matchAll(LINK)) {
    const found = trimmed(raw);
    if (digit(text[index - 1]) || digit(text[index + raw.length])) continue; // a piece of a longer number
    const link = address(found);
    if (!link) continue;
    plain(index);
    parts.push(link);
    at = index + found.length;
  }
  plain(text.length);
  return parts;
}

const digit = (c) => c >= "0" && c <= "9";

/** Without what ends a sentence, or goes on with it right after a host; a bracket stays where its partner is inside. */
function trimmed(raw) {
  let end = (/^https?:\/\/[\w.-]+\.[a-z]{2,}(:\d+)?(?=[\u3400-\u9fff])/i.exec(raw) ?? [raw])[0].length; // “看example.com吧”
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
    const url = new URL(href);
    if (url.username || url.password) return null;
    const text = /^https?:\/\/[^/?#]*[^\0-\x7f]/.test(found) ? found.replace(/^(https?:\/\/)[^/?#]+/, (_, scheme) => scheme + url.host) : found;
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? { text, href } : null;
  } catch {
    return null;
  }
}
