// The console's words, times and numbers in the person's language. The words
// are a virtual module made from views/locale/console.*.toml.

import { words } from "../lib/words.js";

let say = (key) => key;
export const lang = document.documentElement.lang || "zh-CN";

// load fetches the words; nothing may be drawn before.
export async function load() {
  say = await words("console", lang);
}

// t says key; args fill {{.Name}} places and args.Count chooses the plural.
export const t = (key, args) => say(key, args);

const two = (n) => String(n).padStart(2, "0");

// clock shows a length of time in ms: 03:25, 1:03:25.
export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const h = Math.floor(s / 3600);
  const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return h ? `${h}:${rest}` : rest;
}

const hm = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const md = new Intl.DateTimeFormat(lang, { month: "short", day: "numeric" });
const ymd = new Intl.DateTimeFormat(lang, { year: "numeric", month: "short", day: "numeric" });
const weekday = new Intl.DateTimeFormat(lang, { weekday: "short" });

const midnight = (ms) => new Date(ms).setHours(0, 0, 0, 0);

// daysAgo counts calendar days between two moments.
const daysAgo = (ms, now) => Math.round((midnight(now) - midnight(ms)) / 864e5);

export const time = (ms) => hm.format(ms);

export function date(ms, now) {
  return new Date(ms).getFullYear() === new Date(now).getFullYear() ? md.format(ms) : ymd.format(ms);
}

// day names the day of a moment: today, yesterday, weekday within a week, date.
export function day(ms, now) {
  const ago = daysAgo(ms, now);
  if (ago <= 0) return t("today");
  if (ago === 1) return t("yesterday");
  return ago < 7 ? weekday.format(ms) : date(ms, now);
}

// short is a moment for a narrow place: the time today, else the day.
export function short(ms, now) {
  return daysAgo(ms, now) <= 0 ? time(ms) : day(ms, now);
}

// moment is a day and a time, for what is still to come: 14:30 today, else
// "Nov 28 14:30".
export const moment = (ms, now) => (sameDay(ms, now) ? time(ms) : `${date(ms, now)} ${time(ms)}`);

export const sameDay = (a, b) => midnight(a) === midnight(b);

export function bytes(n) {
  if (n < 1024) return `${n} B`;
  if (n < 1 << 20) return `${Math.round(n / 1024)} KB`;
  return `${(n / (1 << 20)).toFixed(1)} MB`;
}
