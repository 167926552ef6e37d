// Telling an agent that something came: a sound, a desktop notification, the
// title, whether they look or not. Of several tabs one shows what the system
// shows; of those that a person has touched, and so may sound, one sounds.
import { computed, effect, signal } from "../vendor/preact-11.2.0.js";
import { beeper } from "../lib/beep.js";
import { pref } from "./preferences.js";
import { sounds } from "./sounds.js";
import * as notices from "./notices.js";
import * as store from "./store.js";
import { t } from "./words.js";

let beep = () => {};
const locked = signal(true); // until the person touches the page, browsers let it make no sound
const first = { shows: false, sounds: false }; // of several tabs

// unheard: it would ring, and cannot yet.
export const unheard = computed(() => locked.value && !pref("muted") && store.you.value.presence !== "offline" && store.link.value.state === "ready");

// lead is called once this tab is the one that does it. The lock is held until the
// tab goes; then it is the next one's.
function lead(name, begin) {
  if (!navigator.locks) return begin();
  navigator.locks.request(name, () => { begin(); return new Promise(() => {}); });
}

// watch is called once, when the page is drawn.
export function watch(open) {
  beep = beeper(document, () => {
    if (!locked.peek()) return;
    locked.value = false;
    lead("xiaoer.sound", () => { first.sounds = true; });
  });
  lead("xiaoer.alerts", () => { first.shows = true; });
  opened = open;
  const base = document.title;
  effect(() => {
    const n = store.unread.value + store.queue.value.length;
    document.title = n ? `(${n}) ${base}` : base;
    navigator.setAppBadge?.(n).catch(() => {});
  });
  let told = 0;
  effect(() => {
    const { length } = notices.waited.value;
    if (length > told) ring("deadlines");
    told = length;
  });
}

let opened = () => {};

// allow asks for desktop notifications, at a moment when it makes sense to a
// person: when they begin to serve.
export function allow() {
  if (window.Notification?.permission === "default") Notification.requestPermission();
}

let rang = 0;

// play is the sound as it is chosen, or another to try.
export const play = (name = pref("sound")) => beep(sounds[name], pref("volume") / 100);

// ring sounds once for what comes together. Of what kind it is, a person may have
// said that it does not ring; what has no kind always does.
export function ring(kind) {
  if (!first.sounds || pref("muted") || (kind && pref("quiet").includes(kind)) || Date.now() - rang < 1000) return;
  rang = Date.now();
  play();
}

const away = () => document.visibilityState === "hidden" || !document.hasFocus();
const reading = (id) => id === store.selected.peek() && !away();

function notify(id, title, body) {
  if (!first.shows || !pref("desktop") || window.Notification?.permission !== "granted") return;
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
  const read = reading(m.conversation);
  if (!read || pref("reading")) ring("messages");
  if (read) return;
  notify(c.id, c.contact.name, m.text ?? t("kind_" + m.kind, { Name: m.file?.name ?? "" }));
}

// conversation is called with a conversation's state and the one before: one
// that has become mine, or has begun to wait, is news.
export function conversation(c, before) {
  if (c.gone) return;
  const now = store.conversations.peek().get(c.id);
  if (c.status === "open" && store.mine(now) && !(before && store.mine(before) && (before.status === "open" || before.status === "later"))) {
    ring();
    notify(c.id, t("alert_handed", { Name: c.contact.name }), c.last?.text ?? "");
    if (c.id !== store.selected.peek()) notices.tell("handed", c.id, "info", t("alert_handed", { Name: c.contact.name }));
  } else if (c.status === "waiting" && before?.status !== "waiting" && store.you.peek().presence !== "offline") {
    ring();
    notify(c.id, t("alert_waiting", { Name: c.contact.name }), c.last?.text ?? "");
  }
}

const kinds = { deadline_near: "deadlines", deadline_breached: "deadlines", reminder: "reminders", mention: "mentions" };

// notice is called for what the server tells in passing. What is about
// conversations is gathered with its like; the thread that is being read needs
// none of it.
export function notice({ level, code, text, conversation }) {
  const pressing = level === "warning" || level === "alarm";
  const called = code === "mention"; // by a colleague; what is to be read is in the note, see mentions.js
  const read = conversation && reading(conversation);
  if (pressing && !(read && code === "queue") || code === "returned" || code === "woken" || called) ring(kinds[code]);
  if (read || !text) return;
  if (conversation) {
    if (!called) notices.tell(code, conversation, level, text);
    const c = store.conversations.peek().get(conversation);
    if (pressing || called) notify(conversation, notices.about(code, c, text), c?.last?.text ?? "");
  } else if (!notices.tellAll(code, level, !store.may("conversations.assign"))) {
    store.toast(text, level === "alarm" ? "bad" : "", code === "reminder" && { text: t("open"), run: () => { store.dialog.value = { kind: "promises" }; } });
  }
}
