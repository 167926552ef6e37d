/**
 * Elements made safely: text only ever becomes text.
 *
 *   h("button.vc-btn", { type: "button", onclick: act, "aria-label": "…" }, icon("send"), "Send")
 *
 * Keys with a value of null, undefined or false are left out, true is an empty attribute, `on…` a listener.
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const el = document.createElement(name || "div");
  if (classes.length) el.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) el.addEventListener(key.slice(2), value);
    else el.setAttribute(key, value === true ? "" : value);
  }
  el.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return el;
}

const sprite = new URL("../../icons.svg", import.meta.url).pathname;

/** A drawing of the sprite. It says nothing to a screen reader: what holds it must. */
export function icon(name, more = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", more ? `i ${more}` : "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
