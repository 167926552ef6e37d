// All that can be done, in one table, from which the keys, their sheet and the
// palette are made.
//
//   name   do_<name> of the words of the palette
//   keys   what KeyboardEvent.key says of those that run it outside of inputs
//   alt    the letter that runs it with Alt, while writing too
//   ctrl   the letter that runs it with Ctrl or ⌘, everywhere
//   group  where sheet and palette show it
//   hidden keeps it out of the palette: there it would make no sense
//   can    whether it may be done now, c being the open conversation
import { close, markUnread, mayMove, mayPutOff, take, wake } from "./acts.js";
import { flipAngry, flipUrgent, mayMark } from "./marks.js";
import { flipBoard, mayBoard } from "./area.js";
import { openCustomer, select, step } from "./select.js";
import { choose } from "./presence.js";
import { search, searchThread } from "./searching.js";
import { pref, setPref } from "./preferences.js";
import { can as mayPromise } from "./reminders.js";
import * as account from "./account.js";
import * as composing from "./composing.js";
import * as drafts from "./drafts.js";
import * as store from "./store.js";

function write(c, mode) {
  drafts.turn(c.id, mode);
  composing.focus();
}

const mineOpen = (c) => !!c && store.mine(c) && c.status !== "closed";
const waiting = (c) => c?.status === "waiting" && store.may("conversations.reply");
const theirs = (c) => c?.status === "open" && !store.mine(c) && store.may("conversations.reply") && store.may("conversations.take_over");
const dialog = (kind, more) => () => { store.dialog.value = { kind, ...more }; };
const ofThis = (kind) => (c) => { store.dialog.value = { kind, id: c.id }; };
const answers = () => store.may("conversations.reply");
const presence = (status, icon) => ({ name: status, icon, group: "me", can: () => answers() && store.you.value.presence !== status, run: () => choose(status) });

// longest is whose customer has waited longest: of mine, else of the queue.
const longest = () => store.mineOpen.value.find((c) => c.waiting_since) ?? store.queue.value[0];

export const actions = [
  { name: "reply", keys: ["r", "Enter"], icon: "message-reply", group: "conversation", can: mineOpen, run: (c) => write(c, "reply") },
  { name: "note", keys: ["n"], alt: "N", icon: "note", group: "conversation", can: (c) => !!c && answers(), run: (c) => write(c, "note"), runAlt: (c) => write(c, drafts.draftOf(c.id).mode === "note" ? "reply" : "note") },
  { name: "quick", keys: ["/"], icon: "bolt", group: "conversation", can: mineOpen, run: composing.slash },
  { name: "take", keys: ["a"], icon: "headset", group: "conversation", can: waiting, run: (c) => take(c.id) },
  { name: "take_over", icon: "headset", group: "conversation", can: theirs, run: (c) => take(c.id) },
  { name: "transfer", keys: ["t"], icon: "transfer", group: "conversation", can: mayMove, run: ofThis("transfer") },
  { name: "tag", keys: ["l"], icon: "tag", group: "conversation", can: mayMark, run: ofThis("tags") },
  { name: "close", keys: ["e"], alt: "E", icon: "circle-check", group: "conversation", can: mayMove, run: (c) => close(c.id) },
  { name: "close_next", keys: ["E"], icon: "checks", group: "conversation", can: mayMove, run: (c) => close(c.id, true) },
  { name: "later", keys: ["h"], icon: "clock-pause", group: "conversation", can: mayPutOff, run: (c) => { store.dialog.value = { kind: "later", ids: [c.id] }; } },
  { name: "wake", icon: "clock", group: "conversation", can: (c) => c?.status === "later" && mayPutOff(c), run: wake },
  { name: "unread", keys: ["u"], icon: "mail", group: "conversation", can: mineOpen, run: markUnread },
  { name: "urgent", keys: ["p"], icon: "chevrons-up", group: "conversation", can: mayMark, run: flipUrgent },
  { name: "angry", keys: ["m"], icon: "mood-angry", group: "conversation", can: mayMark, run: flipAngry },
  { name: "within", keys: ["F"], icon: "message-search", group: "conversation", can: (c) => !!c, run: (c) => searchThread(c) },
  { name: "date", icon: "calendar-search", group: "conversation", can: (c) => !!c, run: (c) => searchThread(c, true) },

  { name: "next", keys: ["j"], alt: "J", icon: "arrow-down", group: "go", run: () => step(1) },
  { name: "previous", keys: ["k"], alt: "K", icon: "arrow-up", group: "go", run: () => step(-1) },
  { name: "longest", icon: "hourglass", group: "go", can: () => !!longest(), run: () => { select(longest().id); composing.ready(); } },
  { name: "pick", keys: ["x"], icon: "list-check", group: "go", can: (c) => !!c, run: (c) => store.pick(c.id) },
  { name: "filter", icon: "filter", group: "go", run: dialog("filter") },
  { name: "search", icon: "list-search", group: "go", run: () => search() },
  { name: "find", keys: ["f"], icon: "search", group: "go", run: () => document.getElementById("narrow")?.focus() },
  { name: "panel", keys: ["i"], icon: "layout-sidebar-right", group: "go", can: (c) => !!c, run: openCustomer },
  { name: "board", keys: ["b"], icon: "activity", group: "go", can: mayBoard, run: flipBoard },
  { name: "promises", icon: "alarm", group: "go", can: mayPromise, run: dialog("promises") },
  { name: "palette", ctrl: "K", icon: "search", group: "go", hidden: true, run: dialog("palette") },
  { name: "keys", keys: ["?"], icon: "keyboard", group: "go", run: dialog("keys") },
  { name: "back", keys: ["Escape"], group: "go", hidden: true, icon: "arrow-left", run: () => store.pane.value === "customer" && openCustomer() },

  presence("online", "player-play"), presence("break", "coffee"), presence("offline", "logout"),
  { name: "settings", icon: "adjustments-horizontal", group: "me", run: dialog("settings") },
  { name: "sound_off", icon: "volume-off", group: "me", can: () => !pref("muted"), run: () => setPref("muted", true) },
  { name: "sound_on", icon: "volume", group: "me", can: () => pref("muted"), run: () => setPref("muted", false) },
  { name: "dark", icon: "moon", group: "me", can: () => !account.isDark.value, run: () => account.setTheme("dark") },
  { name: "light", icon: "sun", group: "me", can: () => account.isDark.value, run: () => account.setTheme("light") },
  { name: "language", icon: "language", group: "me", run: () => account.setLanguage(account.other.tag) },
  { name: "account", icon: "user-cog", group: "me", run: () => location.assign("/account") },
  { name: "colleague", icon: "user-plus", group: "me", can: () => store.may("staff.edit"), run: dialog("colleague") },
  { name: "sign_out", icon: "logout", group: "me", run: account.signOut },
];

export const can = (action, c) => !action.can || !!action.can(c);

// run does it with the open conversation; false where it cannot be done now.
export function run(action, { alt } = {}) {
  const c = store.current.peek();
  if (!can(action, c)) return false;
  (alt && action.runAlt ? action.runAlt : action.run)(c);
  return true;
}
