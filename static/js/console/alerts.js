// Telling an agent that something came: a sound, a desktop notification, the
// title. Of several tabs one, holding a lock, makes the noise.
import { effect } from "../vendor/preact-11.2.0.js";
import { beeper } from "../lib/beep.js";
import * as notices from "./notices.js";
import * as store from "./store.js";
import { t } from "./words.js";

let beep = () => {};
let leader = false;
const muted = "xiaoer.muted";

export const isMuted = () => localStorage.getItem(muted) === "1";
export const mute = (on) => localStorage.setItem(muted, on ? "1" : "0");

// watch is called once, when the page is drawn.
export function watch(open) {
  beep = beeper();
  // The lock is held until the tab goes; the next in line then rings.
  if (navigator.locks) navigator.locks.request("xiaoer.alerts", () => { leader = true; return new Promise(() => {}); });
  else leader = true;
  opened = open;
  const base = document.title;
  effect(() => {
    const n = store.unread.value + store.queue.value.length;
    document.title = n ? `(${n}) ${base}` : base;
    navigator.setAppBadge?.(n).catch(() => {});
  });
}

let opened = () => {};

// allow asks for desktop notifications, at a moment when it makes sense to a
// person: when they begin to serve.
export function allow() {
  if (window.Notification?.permission === "default") Notification.requestPermission();
}

let rang = 0;

// ring sounds once for what comes together.
export function ring() {
  if (!leader || isMuted() || Date.now() - rang < 1000) return;
  rang = Date.now();
  beep();
}

const away = () => document.visibilityState === "hidden" || !document.hasFocus();

function notify(id, title, body) {
  if (!leader || !away() || window.Notification?.permission !== "granted") return;
  try {
    const n = new Notification(title, { body, tag: id, renotify: true });
    n.onclick = () => { focus(); opened(id); n.close(); };
  } catch {
    // phones allow them only from a service worker
  }
}

// message is called for each live entry that is new here.
export function message(m) {
  const c = store.conversations.peek().get(m.conversation);
  if (m.from?.kind !== "visitor" || m.kind === "event" || !store.mine(c)) return;
  if (m.conversation === store.selected.peek() && !away()) return; // it is being read
  ring();
  notify(c.id, c.contact.name, m.text ?? t("kind_" + m.kind, { Name: m.file?.name ?? "" }));
}

// conversation is called with a conversation's state and the one before: one
// that has become mine, or has begun to wait, is news.
export function conversation(c, before) {
  if (c.gone) return;
  const now = store.conversations.peek().get(c.id);
  if (c.status === "open" && store.mine(now) && !(before && store.mine(before) && before.status === "open")) {
    ring();
    notify(c.id, t("alert_handed", { Name: c.contact.name }), c.last?.text ?? "");
    if (c.id !== store.selected.peek()) notices.tell("handed", c.id, "info", t("alert_handed", { Name: c.contact.name }));
  } else if (c.status === "waiting" && before?.status !== "waiting" && store.you.peek().presence !== "offline") {
    ring();
    notify(c.id, t("alert_waiting", { Name: c.contact.name }), c.last?.text ?? "");
  }
}

// notice is called for what the server tells in passing. What is about
// conversations is gathered with its like; the thread that is being read needs
// none of it.
export function notice({ level, code, text, conversation }) {
  const pressing = level === "warning" || level === "alarm";
  const read = conversation && conversation === store.selected.peek() && !away();
  if (pressing && !(read && code === "queue") || code === "returned") ring();
  if (read || !text) return;
  if (conversation) {
    notices.tell(code, conversation, level, text);
    const c = store.conversations.peek().get(conversation);
    if (pressing) notify(conversation, notices.about(code, c, text), c?.last?.text ?? "");
  } else if (!notices.tellAll(code, level, !store.may("conversations.assign"))) {
    store.toast(text, level === "alarm" ? "bad" : "", code === "reminder" && { text: t("open"), run: () => { store.dialog.value = { kind: "promises" }; } });
  }
}
