import { talks } from "./chat.js";
import { uploaded } from "./uploads.js";

const CLOSE = 3 * 60000; // bubbles of one person within so long are one group
const DAY = 24 * 3600000; // so long a rating may be changed
const APART = 30 * 60000; // a pause this long gets a line with the time

/**
 * The thread as a list of what is drawn, top to bottom. Pure: {key, kind, …}, the key staying with a bubble from the
 * moment it is sent until it is read.
 */
export function items(chat) {
  const list = [];
  const said = chat.timeline.messages.map((message) => fromMessage(message, chat)).filter(Boolean);
  for (const one of said.concat(pending(chat))) push(list, one);
  marked(list, chat);
  if (!said.length && chat.channel) list.unshift({ key: "greeting", kind: "greeting", open: [chat.channel.greeting, chat.visit.page?.kind] });
  list.push(...tail(chat));
  return list;
}

function push(list, one) {
  const before = list[list.length - 1];
  const day = new Date(one.time).toDateString();
  if (!before || day !== new Date(before.time).toDateString() || one.time - before.time > APART) {
    list.push({ key: `day:${one.key}`, kind: "day", time: one.time });
  }
  const last = list[list.length - 1];
  one.cont = one.kind === "bubble" && last.kind === "bubble" && last.who === one.who && one.time - last.time < CLOSE;
  list.push(one);
}

function fromMessage(message, chat) {
  const time = Date.parse(message.time);
  if (!talks(message)) return happened(message, time, chat);
  if (message.recalled) return { key: message.id, kind: "recalled", time, message, mine: mine(message) };
  return {
    key: message.client_id ?? message.id,
    kind: "bubble",
    time,
    message,
    mine: mine(message),
    who: mine(message) ? "visitor:" : `${message.from.kind}:${message.from.id ?? message.from.name}`,
    quoted: message.quote ? chat.timeline.find(message.quote) : null,
    blob: message.client_id ? uploaded(message.client_id) : null,
    status: mine(message) ? "sent" : "",
  };
}

const mine = (message) => message.from.kind === "visitor";

const told = ["assigned", "transferred", "closed", "left"];

function happened(message, time, chat) {
  const event = message.data?.event;
  if (event === "rated") return rated(message, time, chat);
  if (event === "left" && chat.left && message.conversation === chat.conversation.id) return null; // the card says it
  return told.includes(event) ? { key: message.id, kind: "event", event, time, message } : null;
}

/** What the visitor said of a conversation. The newest of it can be said anew, for a day after it was said first. */
function rated(message, time, chat) {
  const all = chat.timeline.messages.filter((m) => m.data?.event === "rated" && m.conversation === message.conversation);
  const open = all[all.length - 1] === message && chat.core.time() - Date.parse(all[0].time) < DAY && chat.rate !== message.conversation;
  return { key: message.id, kind: "event", event: "rated", time, message, open };
}

/** What is not stored yet: the outbox and the uploads, in the order in which they were made. */
function pending(chat) {
  const me = "visitor:";
  const sends = chat.core.outbox
    .filter((entry) => entry.type === "send")
    .map((entry) => ({
      order: entry.order,
      key: entry.id,
      kind: "bubble",
      time: entry.order + chat.core.offset,
      message: { kind: entry.fields.kind, text: entry.fields.text, file: null },
      mine: true,
      who: me,
      quoted: entry.fields.quote ? chat.timeline.find(entry.fields.quote) : null,
      blob: uploaded(entry.id),
      status: entry.failed ? "failed" : "pending",
      failed: entry.failed,
      entry: true,
    }));
  const uploads = chat.uploads.list.map((one) => ({
    order: one.order,
    key: one.id,
    kind: "bubble",
    time: one.order + chat.core.offset,
    message: { kind: one.kind, file: null },
    mine: true,
    who: me,
    blob: one,
    status: one.failed ? "failed" : "uploading",
    failed: one.failed,
  }));
  return sends.concat(uploads).sort((a, b) => a.order - b.order);
}

/** The last of mine that is stored tells whether it was read; the ones before need not. */
function marked(list, chat) {
  const stored = list.filter((one) => one.kind === "bubble" && one.mine && one.status === "sent");
  const last = stored[stored.length - 1];
  if (!last) return;
  const order = chat.timeline.settled.map((message) => message.id);
  const read = chat.readTo && order.indexOf(chat.readTo) >= order.indexOf(last.message.id);
  last.mark = read ? "read" : "delivered";
}

/** What stands below the last word: who is typing, the queue, leaving a message, the rating. */
function tail(chat) {
  const { typing, rate, given, filling } = chat;
  const list = waiting(chat);
  if (typing) list.unshift({ key: "typing", kind: "typing", from: typing });
  if (filling) list.push({ key: `form:${filling.id}`, kind: "form", open: filling });
  if (rate) list.push({ key: `rate:${rate}`, kind: "rate", conversation: rate, open: given });
  return list;
}

/**
 * How it stands with waiting. While nobody is there, there is no place to tell of: a message can be left. Then it is said
 * here, since only the browser knows the visitor's own clock; else in the server's words.
 */
function waiting(chat) {
  const { conversation, told, away } = chat;
  const waits = conversation?.status === "waiting";
  const next = (away && Date.parse(chat.channel.hours.next)) || 0;
  if (waits && chat.left) return [{ key: "left", kind: "left", away, next, text: told.left }];
  const list = [];
  if (waits && !away) list.push({ key: "queue", kind: "queue", position: conversation.position ?? 0, text: told.wait });
  if (waits ? away || told.leave_message : away && conversation?.status !== "open") {
    list.push({ key: "leave", kind: "leave", away, next, noted: waits, text: told.leave_message });
  }
  return list;
}

/** What an item looks like, as text: when it changes, it is drawn anew. */
export function look(one) {
  const { key, kind, message, status, mark, cont, quoted, failed, position, open, text, away, next, noted, from } = one;
  const said = message && [message.id && "id", message.text, message.recalled, message.file?.id, message.data, message.from?.avatar];
  return JSON.stringify([key, kind, said, status, mark, cont, quoted?.id, quoted?.recalled, failed, position, open, text, away, next, noted, from?.name]);
}
