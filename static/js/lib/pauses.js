/** When to come back: pure decisions about a closed connection, protocol.md "Close codes". */

/** The pause before try number n (from 0): 0.5 s × 2^n to 30 s, the latter half of it random. */
export function pause(n, random) {
  const most = Math.min(30000, 500 * 2 ** Math.min(n, 10));
  return most / 2 + (random * most) / 2;
}

const final = { 4400: "bug", 4401: "signed_out", 4403: "origin", 4409: "elsewhere" };

/**
 * What a close code asks for: {stop} for good; {wait} so many ms; {within} a random
 * time up to that; or, without any of them, the growing pause.
 */
export function after(code, text = "") {
  if (final[code]) return { stop: final[code] };
  if (code === 1012) return { within: 5000, reason: "restart" };
  if (code === 4429) return { wait: seconds(text) * 1000, flood: true, reason: "flood" };
  if (code === 4408) return { reason: "slow" };
  return { reason: "network" };
}

/** The number in a close reason, within an hour; 30 where none is found. */
export function seconds(text) {
  const found = /\d+/.exec(text);
  return found ? Math.min(Math.max(Number(found[0]), 1), 3600) : 30;
}
