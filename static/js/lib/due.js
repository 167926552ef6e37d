/**
 * When to remind somebody of what they have promised. Pure; moments are in ms, days and clocks in the reader's zone.
 *
 *   due({ in: 2 * HOUR }, now, open)                     // within two hours: a little before they are over
 *   due({ day: 1 }, now, open)                           // tomorrow: in the morning
 *   due({ day: 1, hour: 15, minute: 30 }, now, open)     // tomorrow at half past three
 *   due({ day: 4, before: true }, now, open)             // before that day: on the eve
 *   due({ workdays: 3 }, now, open)                      // within three days on which somebody answers
 *
 * `open` are the stretches [from, to] in which the shop answers, the earliest first; none: nothing is known. What falls
 * outside of them is moved to where somebody is there to keep the promise. null where the moment is gone.
 */
export const MINUTE = 60000;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MORNING = 10;
const LATE = 17; // today's promises, when most of the day is left
const EVE = 15;
const AHEAD = 15 * MINUTE; // of a limit that was named
const NEAR = 5 * MINUTE; // nearer than that a reminder is of no use

export function due(when, now, open = []) {
  const at = moment(when, now, open);
  return at === null || at <= now ? null : at;
}

function moment(when, now, open) {
  if (when.in) return fitted(now + when.in - Math.min(when.in >= DAY ? HOUR : AHEAD, when.in / 6), now, open);
  if (when.workdays) return onDay(workday(when.workdays, now, open), MORNING, now, open);
  if (when.exact) return clock(now, when.day, when.hour, when.minute) - (when.before ? AHEAD : 0);
  if (when.hour !== undefined) return onDay(when.day, when.before ? when.hour - 1 : when.hour, now, open);
  if (when.before && when.day > 1) return onDay(when.day - 1, EVE, now, open);
  const day = when.before ? 0 : when.day;
  return day > 0 ? onDay(day, MORNING, now, open) : today(LATE, now, open);
}

/** The moment at a clock, so many days from now; change of clocks included. */
export function clock(now, days, hour, minute = 0) {
  const at = new Date(now);
  at.setHours(0, 0, 0, 0);
  at.setDate(at.getDate() + days);
  at.setHours(hour, minute);
  return +at;
}

/** On a day on which nobody answers a promise is kept before, if there is still time. */
function onDay(day, hour, now, open) {
  if (day === 0) return today(hour, now, open);
  const at = clock(now, day, hour);
  const there = open.filter(([from, to]) => to > clock(now, day, 0) && from < clock(now, day + 1, 0));
  if (!open.length || within(at, there)) return at;
  if (there.length) return at < there[0][0] ? there[0][0] : Math.max(there[0][0], there.at(-1)[1] - HOUR);
  const earlier = open.filter(([from, to]) => to <= at && from > now);
  return earlier.at(-1)?.[0] ?? next(at, open) ?? at;
}

/** Today at that hour, or, once it is over, at what is left of today. */
function today(hour, now, open) {
  const at = clock(now, 0, hour);
  return at > now + NEAR ? fitted(at, now, open) : fitted(now + HOUR, now, open);
}

/** A moment soon, before the counter closes. */
function fitted(at, now, open) {
  if (!open.length || within(at, open)) return at;
  const shift = open.find(([from, to]) => from <= now && now < to);
  if (shift && shift[1] - AHEAD > now + NEAR) return shift[1] - AHEAD;
  return next(at, open) ?? at;
}

const within = (at, open) => open.some(([from, to]) => from <= at && at < to);
const next = (at, open) => open.find(([from]) => from >= at)?.[0];

/** How many days from now the n-th day is on which somebody answers. */
function workday(n, now, open) {
  let day = 0;
  for (let left = n; left > 0 && day < 60; ) {
    day++;
    const [from, to] = [clock(now, day, 0), clock(now, day + 1, 0)];
    const weekday = new Date(from).getDay();
    if (open.length ? open.some((s) => s[1] > from && s[0] < to) : weekday % 6) left--;
  }
  return day;
}

/** How many days away a weekday is, Monday being 1, as in “on Friday” and “next Friday”: weeks begin on Monday. */
export function weekday(day, next, date) {
  const today = date.getDay() || 7;
  return next ? 7 + day - today : (day - today + 7) % 7;
}
