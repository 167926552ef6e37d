import { h, icon } from "../lib/dom.js";
import { avatar, bubble, progress } from "./bubble.js";
import { items, look } from "./items.js";
import { left, offer } from "./leave.js";

const NEAR = 90; // so close to the end counts as being there

/** Draws the thread. Elements stay as long as they look the same, so that nothing flickers and focus stays. */
export class Thread {
  constructor(el, page) {
    this.el = el;
    this.page = page;
    this.drawn = new Map(); // key → {el, look}
    this.down = document.getElementById("down");
    this.missed = 0;
    this.ended = true;
    el.addEventListener("scroll", () => this.scrolled(), { passive: true });
    if (window.ResizeObserver) new ResizeObserver(() => this.grown()).observe(el); // the keyboard came, a tray opened
    this.down.addEventListener("click", () => this.toEnd(true));
    page.chat.atEnd = () => this.atEnd();
    page.chat.addEventListener("progress", ({ detail: one }) => {
      const row = this.drawn.get(one.id)?.el;
      if (row) progress(row, one.share);
    });
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.el;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd(smooth) {
    this.el.scrollTo({ top: this.el.scrollHeight, behavior: smooth && !calm() ? "smooth" : "auto" });
    this.missed = 0;
    this.ended = true;
    this.showDown();
  }

  /** Something below the last word grew: whoever stood at the end still does. */
  grown() {
    if (this.ended) this.toEnd();
  }

  render() {
    const stay = this.ended || this.stick;
    this.stick = false;
    const anchor = stay ? null : this.anchor();
    this.place(items(this.page.chat));
    if (stay) this.toEnd();
    else if (anchor) this.el.scrollTop += this.now(anchor.key).getBoundingClientRect().top - anchor.top;
    this.showDown();
  }

  /** The first bubble on screen: what is added above must not move it. (Safari anchors nothing by itself.) */
  anchor() {
    const top = this.el.getBoundingClientRect().top;
    for (const el of this.el.querySelectorAll(".vc-m[data-key]")) {
      const at = el.getBoundingClientRect();
      if (at.bottom > top) return { key: el.dataset.key, top: at.top };
    }
    return null;
  }

  /** A bubble that was redrawn is another element now. */
  now(key) {
    return this.drawn.get(key)?.el ?? this.el;
  }

  place(list) {
    const keep = new Set();
    let after = null;
    for (const one of list) {
      keep.add(one.key);
      const el = this.element(one);
      const next = after ? after.nextSibling : this.el.firstChild;
      if (el !== next) this.el.insertBefore(el, next);
      after = el;
    }
    for (const [key, { el }] of this.drawn) {
      if (keep.has(key)) continue;
      el.remove();
      this.drawn.delete(key);
    }
  }

  element(one) {
    const now = look(one);
    const old = this.drawn.get(one.key);
    if (old?.look === now) return old.el;
    const el = this.draw(one);
    if (old) old.el.replaceWith(el);
    else el.classList.add("new");
    this.drawn.set(one.key, { el, look: now });
    return el;
  }

  draw(one) {
    const { page } = this;
    const { t } = page;
    switch (one.kind) {
      case "day":
        return h("div.vc-day", null, h("time", { datetime: new Date(one.time).toISOString() }, page.times.moment(one.time)));
      case "greeting":
        return greeting(page);
      case "event":
        return h("div.vc-sys", null, told(one, t), one.event === "rated" && one.open && h("button", { type: "button", onclick: () => page.act.rerate(one.message) }, t("rate_change")));
      case "recalled":
        return recalled(one, page);
      case "queue":
        return queue(one, t);
      case "leave":
        return offer(one, page);
      case "left":
        return left(one, page);
      case "rate":
        return fetched(page, () => import("./rating.js"), ({ rating }) => rating(one.conversation, one.open, page));
      case "form":
        return fetched(page, () => import("./form.js"), ({ form }) => form(one.open, page));
      case "typing":
        return h("div.vc-m", null, avatar(one.from), h("div.vc-dots", null, h("i"), h("i"), h("i"), h("span.sr", null, t("is_typing", { Name: one.from.name }))));
      default:
        return bubble(one, page);
    }
  }

  scrolled() {
    if (this.el.scrollTop < 240) this.page.chat.older().catch(() => {}); // scrolling once more asks again
    this.ended = this.atEnd();
    if (this.ended) this.missed = 0;
    this.showDown();
  }

  showDown() {
    const hide = this.atEnd();
    this.down.hidden = hide;
    if (hide) this.page.act.seen();
    this.down.lastElementChild.textContent = this.missed ? this.page.t("new_messages", { Count: this.missed }) : this.page.t("to_end");
  }
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** A part that most visitors never need, fetched when it is shown. Where that fails, it is when the network is back. */
export function fetched(page, load, draw) {
  const el = h("div");
  const show = async () => {
    try {
      el.append(draw(await load()));
      page.act.grown();
    } catch {
      addEventListener("online", show, { once: true });
    }
  };
  show();
  return el;
}

/** What stands before the first word: the greeting, and the questions that can be pressed. */
export function greeting({ chat, t, act }) {
  const text = chat.channel?.greeting;
  const entries = act.entries();
  if (!text && !entries.length) return h("div.vc-sys", null, t("say_hello"));
  const bot = { kind: "bot", name: chat.channel?.name };
  return h("div.vc-m.wide", null, avatar(bot), h("div.vc-bd", null, text && h("div.vc-bub", null, text), entries.length > 0 && questions(entries, t, act)));
}

function questions(entries, t, act) {
  const rows = entries.map((entry) =>
    h("li", null, h("button", { type: "button", onclick: () => act.enter(entry) }, h("span", null, entry.text), icon("chevron-right"))),
  );
  return h("div.vc-faq", null, h("h2", null, t("often_asked")), h("ul", null, rows));
}

function told({ event, message }, t) {
  const { data } = message;
  const name = data.staff?.name ?? data.group?.name ?? "";
  const said = {
    assigned: () => t("serves_you", { Name: name }),
    transferred: () => t("handed_to", { Name: name }),
    closed: () => (message.from.kind === "staff" ? t("closed_by", { Name: message.from.name }) : t("closed")),
    left: () => t("left_event"),
    rated: () => t(data.was_score ? "rated_anew" : "rated", { Score: t(`score_${data.score}`) }),
  };
  return said[event]();
}

function recalled(one, { chat, t, act }) {
  const text = chat.recalledTexts.get(one.message.id);
  return h(
    "div.vc-sys",
    null,
    one.mine ? t("recalled_mine") : t("recalled_by", { Name: one.message.from.name ?? "" }),
    text && h("button", { type: "button", onclick: () => act.edit(text) }, t("edit_again")),
  );
}

function queue({ position, text }, t) {
  const place = position > 1 ? t("queue_place", { Count: position - 1 }) : t("queue_next");
  return h(
    "div.vc-que",
    { role: "status" },
    h("span.vc-que-n.num", { "aria-hidden": "true" }, position > 0 ? String(position) : icon("clock")),
    h("div", null, h("b", null, t("queue_title")), h("span", null, text || place)),
  );
}
