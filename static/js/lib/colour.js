/**
 * The tones of a shop's colour. Text on it stays readable whatever the shop has chosen: a light colour is darkened
 * until white text has 4.5:1 on it (WCAG AA).
 *
 *   tones("#2b6a4d", dark) → { brand, brand2, soft, text }   null for what is no colour
 */
export function tones(hex, dark) {
  const rgb = parse(hex);
  if (!rgb) return null;
  let base = dark && luminance(rgb) < 0.08 ? mix(rgb, white, 0.12) : rgb;
  while (contrast(base, white) < 4.6) base = mix(base, black, 0.06);
  const paper = dark ? [21, 24, 30] : white;
  const soft = mix(paper, rgb, dark ? 0.22 : 0.1);
  let text = base;
  for (let i = 0; i < 40 && contrast(text, soft) < 4.8; i++) text = dark ? lighter(text) : mix(text, black, 0.06);
  return { brand: css(base), brand2: css(mix(base, black, 0.16)), soft: css(soft), text: css(text) };
}

const white = [255, 255, 255];
const black = [0, 0, 0];

function parse(hex) {
  const found = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(hex ?? "");
  if (!found) return null;
  const full = found[1].length === 3 ? [...found[1]].map((c) => c + c).join("") : found[1];
  return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
}

function mix(a, b, share) {
  return a.map((channel, i) => channel + (b[i] - channel) * share);
}

/** Brighter while it can be, then paler: mixing in white at once would turn every colour to grey. */
function lighter(rgb) {
  return Math.max(...rgb) < 225 ? rgb.map((channel) => Math.min(255, channel * 1.08 + 1)) : mix(rgb, white, 0.06);
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((channel) => {
    const c = channel / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function css(rgb) {
  return `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;
}
