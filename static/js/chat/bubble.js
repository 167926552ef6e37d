import { h, icon } from "../lib/dom.js";
import { lastLetter } from "../lib/letter.js";
import { links } from "../lib/links.js";

const RECALL = 2 * 60000; // protocol.md: recall within 2 minutes
const WIDEST = 220;
const HIGHEST = 260;

/** Draws one bubble with what belongs to it. `page` is {chat, t, times, act}. */
export function bubble(one, page) {
  const side = one.mine ? ".me" : "";
  const row = h(`div.vc-m${side}${one.cont ? ".cont" : ""}`, { "data-key": one.key });
  if (!one.mine) row.append(one.cont ? h("span.vc-gap") : avatar(one.message.from));
  row.append(
    h(
      "div.vc-bd",
      null,
      !one.mine && !one.cont && who(one, page),
      h("div.vc-line1", null, h("div.vc-wrap", null, one.message.quote && quote(one, page), content(one, page)), more(one, page)),
      below(one, page),
    ),
  );
  return row;
}

export function avatar(from) {
  if (from.avatar) return h("span.vc-av", null, h("img", { src: from.avatar, alt: "" }));
  if (from.kind === "bot") return h("span.vc-av.bot", null, icon("robot"));
  return h("span.vc-av.staff", { "aria-hidden": "true" }, lastLetter(from.name));
}

function who(one, { t, times }) {
  const { from } = one.message;
  return h("div.vc-who", null, h("b", null, from.name || t(from.kind === "bot" ? "bot" : "staff")), h("time", null, times.time(one.time)));
}

function quote(one, { t }) {
  const text = one.quoted ? summary(one.quoted, t) : t("quoted_gone");
  return h("blockquote.vc-quote", null, one.quoted && h("b", null, one.quoted.from.kind === "visitor" ? t("me") : one.quoted.from.name), h("span", null, text));
}

/** A message in one line. */
export function summary(message, t) {
  if (message.recalled) return t("recalled");
  if (message.text) return message.text.replace(/\s+/g, " ").slice(0, 80);
  return t(message.kind === "image" ? "an_image" : message.kind === "file" ? "a_file" : "a_card");
}

function content(one, page) {
  const { message } = one;
  if (message.kind === "image") return picture(one, page);
  if (message.kind === "file") return attachment(one, page);
  if (message.kind === "product" || message.kind === "order") return card(message, page);
  return h("div.vc-bub", null, words(message.text ?? ""));
}

/** Text with its links, every piece of it text. */
export function words(text) {
  return links(text).map((part) =>
    part.href ? h("a", { href: part.href, target: "_blank", rel: "noopener noreferrer nofollow" }, part.text) : part.text,
  );
}

function picture(one, { t, act }) {
  const { file } = one.message;
  const { width, height } = fitted(one.blob?.width ?? file?.width, one.blob?.height ?? file?.height);
  const img = h("img", { src: one.blob?.url ?? file?.url, alt: t("image_of", { Name: file?.name ?? one.blob?.name ?? "" }), width, height });
  if (!one.blob && file) img.addEventListener("error", () => act.refresh(file, img), { once: true });
  const open = h("button.vc-img", { type: "button", "aria-label": t("zoom"), onclick: () => act.zoom(img) }, img);
  return one.status === "uploading" ? h("div.vc-up", null, open, ring(one, t, act)) : open;
}

/** Scaled into the bubble's room, so that nothing jumps when the picture comes. */
function fitted(width, height) {
  if (!width || !height) return { width: WIDEST, height: WIDEST };
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

function attachment(one, { t, act }) {
  const { file } = one.message;
  const about = file ?? { name: one.blob?.name, size: one.blob?.blob?.size };
  const inner = [icon("file-text", "vc-doc"), h("span.vc-name", null, h("b", null, about.name), h("small", null, bytes(about.size)))];
  if (!file?.url) return h("div.vc-file", null, inner, one.status === "uploading" && ring(one, t, act));
  const link = h("a.vc-file", { href: file.url, target: "_blank", rel: "noopener", download: about.name }, inner, icon("download"));
  link.addEventListener("click", (event) => act.fetchFile(event, file));
  return link;
}

export function bytes(n = 0) {
  return n >= 1 << 20 ? `${(n / (1 << 20)).toFixed(1)} MB` : `${Math.max(1, Math.round(n / 1024))} KB`;
}

/** Cards carry what the server filled in from the shop's data. */
function card({ kind, data = {} }, { t }) {
  const title = data.title ?? data.name ?? data.id ?? "";
  const rest = [data.price, data.status, data.note].filter(Boolean).join(" · ");
  return h(
    "div.vc-card",
    null,
    h("div.vc-card-h", null, icon(kind === "order" ? "package" : "shopping-bag"), t(kind)),
    h("div.vc-card-b", null, h("b", null, String(title)), rest && h("small", null, rest)),
  );
}

const AROUND = 100.5; // 2π × 16, the ring's length

function ring(one, t, act) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 40 40");
  svg.setAttribute("aria-hidden", "true");
  for (const name of ["track", "share"]) {
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    for (const [key, value] of Object.entries({ cx: 20, cy: 20, r: 16, class: name, "stroke-dasharray": AROUND })) circle.setAttribute(key, value);
    svg.append(circle);
  }
  const button = h("button.vc-ring", { type: "button", "aria-label": t("cancel_upload"), onclick: () => act.cancel(one.key) }, svg, icon("x"));
  progress(button, one.blob?.share ?? 0);
  return button;
}

/** Moves a ring; el is it or holds it. */
export function progress(el, share) {
  const circle = el.querySelector("circle.share");
  circle?.setAttribute("stroke-dashoffset", String(AROUND * (1 - share)));
}

function more(one, { t, act }) {
  if (!one.message.id && one.status !== "failed") return null;
  if (!one.message.id) return null;
  const button = h("button.vc-more", { type: "button", "aria-label": t("more"), "aria-haspopup": "menu" }, icon("dots"));
  button.addEventListener("click", () => act.menu(one, button));
  return button;
}

/** May it still be taken back? By the server's clock, since the visitor's may be wrong. */
export function recallable(one, now) {
  return one.mine && !!one.message.id && now - one.time < RECALL - 2000;
}

const reasons = { network: "upload_waits", too_long: "too_long", too_large: "too_large", empty: "empty" };

function reason(one, t) {
  return t(reasons[one.failed?.code] ?? "not_sent", { Name: one.blob?.name ?? "" });
}

function below(one, { t, act }) {
  if (one.status === "failed") {
    return h(
      "div.vc-st.failed",
      { role: "alert" },
      icon("alert-circle"),
      h("span", null, one.failed?.text || reason(one, t)),
      h("button", { type: "button", onclick: () => act.again(one) }, t("again")),
      h("button", { type: "button", onclick: () => act.discard(one) }, t("discard")),
    );
  }
  if (one.status === "pending") return h("div.vc-st.pending", null, icon("clock"), h("span", null, t("sending")));
  if (!one.mark) return null;
  return h(`div.vc-st.${one.mark}`, null, icon(one.mark === "read" ? "checks" : "check"), t(one.mark));
}
