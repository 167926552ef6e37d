// What a conversation's deadlines mean on the screen. The server has already
// computed in working time when each one turns; here they are only compared with
// its clock.

export const levels = ["ok", "warn", "bad", "over"]; // green, amber, light red, red

// A deadline without instants is paused: it is the customer's turn.
export const paused = (d) => !d.due;

const late = new Set(["breached", "escalated"]);
const apart = new Set(["resolution"]); // shown in the thread alone: hours are no colour for a row

const soonest = (a, b) => Date.parse(a.due) - Date.parse(b.due);

// pressing is the deadline that colours a row: of those that run the next one due.
export const pressing = (c) => (c.deadlines ?? []).filter((d) => !paused(d) && !apart.has(d.kind)).sort(soonest)[0];

// others are those that the row does not show: paused ones, and the resolution.
export const others = (c) => (c.deadlines ?? []).filter((d) => paused(d) || apart.has(d.kind));

// running are all that run, the next one due first.
export const running = (c) => (c.deadlines ?? []).filter((d) => !paused(d)).sort(soonest);

// turns are the moments at which a colour begins: amber, light red, red. Where no
// deadline runs they follow from how long somebody has waited: 60, 120, 180 s.
export const turns = (d, since) => (d ? [d.amber, d.warn, d.due].map((x) => Date.parse(x)) : [60, 120, 180].map((s) => since + s * 1000));

// levelAt is the colour at a moment.
export function levelAt(d, since, now, at = turns(d, since)) {
  if (d && late.has(d.stage)) return "over";
  let turned = 0;
  while (turned < at.length && now >= at[turned]) turned++;
  return levels[turned];
}

// near says that a deadline is about to be missed, or has been.
export const near = (d, now) => { const level = levelAt(d, 0, now); return level === "bad" || level === "over" ? level : ""; };
