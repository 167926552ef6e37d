// Reads the days off out of words: the State Council's yearly notice as it is
// published, or lines such as “10-01 – 10-07 off”, “2026-10-10 09:00-18:00 work”.

const day = String.raw`(?:(\d{4})\s*[年./-]\s*)?(\d{1,2})\s*[月./-]\s*(\d{1,2})(?:\s*日)?`;
const last = String.raw`(?:\s*(?:至|到|[-–—~～]+)\s*(?:(\d{4})\s*[年./-]\s*)?(?:(\d{1,2})\s*[月./-]\s*)?(\d{1,2})\s*日)`;
const lastPlain = String.raw`(?:\s*(?:至|到|–|—|~|～|\s-\s|-(?=\s*\d{1,2}\s*[月./]))\s*(?:(\d{4})\s*[年./-]\s*)?(\d{1,2})\s*[月./-]\s*(\d{1,2})(?![\d:：]))`;
const dates = new RegExp(`${day}(?:${last}|${lastPlain})?`, "g");
const words = /(调休上班|上班|补班|work)|(放假|休息|休假|休(?!上班)|off|closed|holiday)/gi;
const hours = /(\d{1,2})[:：](\d{2})\s*(?:[-–—~～至到]|to)+\s*(\d{1,2})[:：](\d{2})/;

/**
 * {closed: [[first, last]…], own: [{date, from?, to?}…]}, all as 2026-10-01. year is of what names none. A day is
 * worked where the next word after it says so, and off otherwise.
 */
export function holidays(text, year) {
  const found = { closed: [], own: [] };
  const named = /(\d{4})\s*年/.exec(text);
  const usual = named ? Number(named[1]) : year;
  for (const line of text.replace(/[（(][^（(）)]*[）)]/g, "").split(/[。；;\n]/)) {
    const time = hours.exec(line);
    const plain = time ? line.replace(hours, " ".repeat(time[0].length)) : line;
    const said = [...plain.matchAll(words)];
    for (const match of plain.matchAll(dates)) {
      const word = said.find((one) => one.index > match.index) ?? said[said.length - 1];
      const span = between(match, usual);
      if (!span) continue;
      if (!word?.[1]) found.closed.push(span);
      else for (const date of each(span)) found.own.push({ date, ...(time && { from: clock(time[1], time[2]), to: clock(time[3], time[4]) }) });
    }
  }
  return found;
}

function between(match, usual) {
  const [, y, m, d, y1, m1, d1, y2, m2, d2] = match.map((part) => (part === undefined ? 0 : Number(part)));
  const year = y || usual;
  const first = dateOf(year, m, d);
  if (!d1 && !d2) return first && [first, first];
  const month = m1 || m2 || m;
  const end = dateOf(y1 || y2 || (month < m ? year + 1 : year), month, d1 || d2);
  return first && end && end >= first ? [first, end] : null;
}

const two = (n) => String(n).padStart(2, "0");
const clock = (h, m) => `${two(h)}:${m}`;

// dateOf is a date that there is, or "".
function dateOf(year, month, date) {
  const at = new Date(Date.UTC(year, month - 1, date));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === date ? at.toISOString().slice(0, 10) : "";
}

function each([first, end]) {
  const list = [];
  for (const at = new Date(first); at.toISOString().slice(0, 10) <= end && list.length < 100; at.setUTCDate(at.getUTCDate() + 1)) list.push(at.toISOString().slice(0, 10));
  return list;
}
