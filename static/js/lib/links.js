/**
 * Finds links in plain text: [{text, href?}] whose texts make up the whole again.
 * Only what is safe to open becomes one: http, https, mailto and tel. Chinese punctuation ends an address, marks that
 * turn the direction of writing do too, and what usually closes a sentence is left out of it. (No lookbehind: Safari 15
 * has none. What comes before an @ is bounded, as RFC 5321 bounds it.)
 *
 * A link says where it leads: a host of other letters than ASCII is shown as its ASCII name, since Cyrillic а looks like
 * a, and what pretends to be a host before an @ makes no link.
 */
const WEB = /https?:\/\/[^\s\0-\x1f\x7f-\x9f<>"'“”‘’，。；：！？、（）《》【】「」\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/;
const MAIL = /(?:mailto:)?[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/;
const PHONE = /tel:\+?[\d-]{5,20}|(?:\+86[- ]?)?1[3-9]\d{9}/;
const WORD = /[\w.+-]{65,}/; // is none of these, and is not looked at again from each of its letters
const LINK = new RegExp([WEB, MAIL, PHONE, WORD].map((kind) => kind.source).join("|"), "g");
const MOST = 100; // in one text: whoever writes more has them read as text

export function links(text) {
  const parts = [];
  let at = 0;
  let seen = 0;
  const plain = (to) => to > at && parts.push({ text: text.slice(at, to) });
  for (const { 0: raw, index } of text.matchAll(LINK)) {
    if (raw.length > 64 && !/[:@]/.test(raw)) continue;
    if (++seen > MOST) break;
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
