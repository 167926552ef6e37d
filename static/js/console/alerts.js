// Telling an agent that something came: a sound, a desktop notification, the
// title. Of several tabs one, holding a lock, makes the noise.
import { effect } from "../vendor/preact-11.2.0.js";
import * as store from "./store.js";
import { t } from "./words.js";

let sound; // an AudioContext once a gesture has allowed it
let leader = false;
const muted = "xiaoer.muted";

export const isMuted = () => localStorage.getItem(muted) === "1";
export const mute = (on) => localStorage.setItem(muted, on ? "1" : "0");

// watch is called once, when the page is drawn.
export function watch(open) {
  const unlock = () => {
    sound ??= window.AudioContext && new AudioContext();
    if (sound?.state === "suspended") sound.resume();
  };
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, unlock);
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

const tunes = { message: [[880, 0]], handed: [[660, 0], [990, 0.14]], queue: [[520, 0], [520, 0.22]] };

export function ring(kind) {
  if (!leader || isMuted() || sound?.state !== "running") return;
  for (const [pitch, after] of tunes[kind]) {
    const at = sound.currentTime + after;
    const tone = new OscillatorNode(sound, { frequency: pitch, type: "sine" });
    const loud = new GainNode(sound, { gain: 0 });
    loud.gain.setValueAtTime(0, at);
    loud.gain.linearRampToValueAtTime(0.18, at + 0.015);
    loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
    tone.connect(loud).connect(sound.destination);
    tone.start(at);
    tone.stop(at + 0.3);
  }
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
  ring("message");
  notify(c.id, c.contact.name, m.text ?? t("kind_" + m.kind, { Name: m.file?.name ?? "" }));
}

// conversation is called with a conversation's state and the one before: one
// that has become mine, or has begun to wait, is news.
export function conversation(c, before) {
  if (c.gone) return;
  const now = store.conversations.peek().get(c.id);
  if (c.status === "open" && store.mine(now) && !(before && store.mine(before) && before.status === "open")) {
    ring("handed");
    notify(c.id, t("alert_handed", { Name: c.contact.name }), c.last?.text ?? "");
    if (c.id !== store.selected.peek()) store.toast(t("alert_handed", { Name: c.contact.name }), "", { text: t("open"), run: () => opened(c.id) });
  } else if (c.status === "waiting" && before?.status !== "waiting" && store.you.peek().presence !== "offline") {
    ring("queue");
    notify(c.id, t("alert_waiting", { Name: c.contact.name }), c.last?.text ?? "");
  }
}
