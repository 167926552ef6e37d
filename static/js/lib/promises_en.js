/** The English half of promises.js: when a sentence promises something for; null where it does not. */
import { HOUR, MINUTE, weekday } from "./due.js";

const promised = /\b(i|we)\s?(['’]ll|will|shall|['’]m going to|['’]re going to|am going to|are going to)\b|\bwill be (shipped|sent|refunded|processed|replaced|dispatched|resolved|fixed)\b|\byou['’]ll (hear from|have (an|my|our) answer)/i;
const acts = /\b(get back|repl(y|ace)|respond|answer|contact|call|e-?mail|ship(ped)?|send|sent|dispatch(ed)?|refund(ed)?|check|confirm|let you know|follow up|update|process(ed)?|fix(ed)?|resolved?|arrange|look into|inform|hear from|have)\b/i;
const impossible = /\b(can['’]?t|cannot|won['’]?t|not be able|unable|not)\b/i;

const numbers = { a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, ten: 10, "a couple of": 2, "a few": 3, half: 0.5, "half an": 0.5 };
const span = /\b(?:with)?in (?:the next )?(half an?|a couple of|a few|an?|one|two|three|four|five|six|seven|ten|\d+(?:\.\d+)?) (minute|hour|day|business day|working day|week)s?\b/i;
const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const named = /\b(?:(by|before|on|next|this)(?: the)? )?(monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/i;
const clocked = /\b(?:at|by|before) (\d{1,2})(?::(\d\d))? ?(am|pm|o['’]clock)?\b/i;
const parts = [[/morning/i, 10], [/afternoon/i, 15], [/\bnoon|midday/i, 12], [/end of (the )?day|\beod\b/i, 17], [/evening|tonight/i, 19]];

export function english(sentence, now) {
  if (!promised.test(sentence) || !acts.test(sentence) || impossible.test(sentence)) return null;
  const length = sentence.match(span);
  if (length) return within(numbers[length[1].toLowerCase()] ?? Number(length[1]), length[2].toLowerCase());
  const day = dayOf(sentence, now);
  const part = parts.find(([word]) => word.test(sentence))?.[1];
  const time = sentence.match(clocked);
  const before = /\b(by|before)\b/i.test(sentence);
  if (time && Number(time[1]) < 24) return { day: day ?? 0, before, exact: true, hour: hourOf(time, part), minute: Number(time[2] ?? 0) };
  if (part !== undefined) return { day: day ?? 0, hour: part };
  if (day !== null) return { day, before: before && /\bbefore\b/i.test(sentence) };
  return /\b(shortly|soon|in a (moment|bit|while|minute)|later)\b/i.test(sentence) ? { in: 30 * MINUTE, soon: true } : null;
}

function within(n, unit) {
  if (!n) return null;
  if (/business|working/.test(unit)) return { workdays: Math.ceil(n) };
  if (unit === "minute") return { in: n * MINUTE };
  if (unit === "hour") return { in: n * HOUR };
  return { day: Math.ceil(n) * (unit === "week" ? 7 : 1) };
}

function dayOf(sentence, now) {
  if (/\bday after tomorrow\b/i.test(sentence)) return 2;
  if (/\btomorrow\b/i.test(sentence)) return 1;
  if (/\btoday\b|\btonight\b|\bthis (morning|afternoon|evening)\b/i.test(sentence)) return 0;
  const found = sentence.match(named);
  const date = new Date(now);
  if (found) return weekday(days.indexOf(found[2].toLowerCase()) + 1, found[1]?.toLowerCase() === "next", date);
  return /\bnext week\b/i.test(sentence) ? weekday(1, true, date) : null;
}

function hourOf([, hour, , half], part) {
  const h = Number(hour);
  if (/pm/i.test(half ?? "") || (h < 12 && !half && part >= 12)) return (h % 12) + 12;
  return !/am/i.test(half ?? "") && h < 8 ? h + 12 : h;
}
