import { browser, liveURL } from "../lib/browser.js";
import { Core } from "../lib/core.js";
import { Timeline } from "../lib/timeline.js";
import { Uploads } from "./uploads.js";

const KEPT = 300; // entries on the page; the rest is paged in again
const TYPING = 6000; // protocol.md: typing expires

/**
 * What the panel shows and what the visitor can do, without its looks. Listeners hear "change" whenever anything
 * that is shown may have changed, and "arrived" for each message from the other side as it comes.
 */
export class Chat extends EventTarget {
  constructor({ visit, outbox, uploads }) {
    super();
    this.visit = visit;
    this.timeline = new Timeline();
    this.channel = null;
    this.conversation = null;
    this.rate = "";
    this.given = null; // what was said before of the conversation to rate, where that is changed
    this.readTo = null; // the newest of mine that they have read
    this.typing = null;
    this.told = {}; // what the server has last said of waiting: {wait, leave_message, left}, each a text
    this.more = false;
    this.recalledTexts = new Map(); // what I took back, to be edited again
    this.core = new Core({
      url: () => liveURL(),
      hello: () => ({ token: visit.token, lang: visit.lang }),
      load: () => this.load(),
      store: outbox,
      env: browser(),
    });
    this.uploads = new Uploads({ chat: this, store: uploads });
    this.listen();
  }

  async start() {
    await Promise.all([this.core.start(), this.uploads.restore()]);
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  // ---- what comes ----

  async load() {
    let arrival;
    try {
      arrival = await this.visit.arrive();
    } catch (error) {
      throw refusal(error, this.visit.identity);
    }
    return { cursor: arrival.cursor, apply: () => this.arrive(arrival) };
  }

  arrive({ channel, contact, conversation, rate, messages }) {
    Object.assign(this, { channel, contact, conversation: conversation ?? null, rate: rate ?? "", given: null });
    this.filling = channel.entries.find((entry) => entry.form && entry.id === this.visit.filling);
    this.timeline.loading()(messages);
    this.more = messages.length >= 50;
    if (conversation?.read) this.readTo = this.upTo(conversation.read);
    this.dispatchEvent(new Event("loaded"));
    this.uploads.next();
    this.changed();
  }

  listen() {
    const { core } = this;
    core.on("state", () => this.changed());
    core.on("outbox", () => this.changed());
    core.on("ack", (message) => {
      this.timeline.acked(message);
      this.changed();
    });
    core.on("message", (message) => this.receive(message));
    core.on("conversation", ({ conversation }) => this.became(conversation));
    core.on("ready", ({ conversation }) => conversation && this.became(conversation));
    core.on("typing", (frame) => this.sees(frame));
    core.on("notice", ({ code, text }) => {
      this.told = { ...this.told, [code]: text };
      this.changed();
    });
    core.on("read", ({ from, cursor }) => {
      if (from?.kind !== "staff") return;
      this.readTo = this.upTo(cursor);
      this.changed();
    });
  }

  receive(message) {
    const fresh = this.timeline.receive(message);
    if (message.from.kind === "staff") this.typing = null;
    if (fresh && this.timeline.settled.length > KEPT + 100 && this.atEnd?.()) this.trim();
    if (fresh && talks(message) && message.from.kind !== "visitor") {
      this.dispatchEvent(new CustomEvent("arrived", { detail: message }));
    }
    this.changed();
  }

  trim() {
    this.timeline.settled = this.timeline.settled.slice(-KEPT);
    this.more = true;
  }

  became(conversation) {
    if (typeof conversation !== "object") return;
    const before = this.conversation;
    this.conversation = conversation;
    if (before?.id !== conversation.id || before?.status !== conversation.status) this.told = { left: this.told.left };
    else if (before.position !== conversation.position) this.told = { ...this.told, wait: "" }; // it comes with the new one
    const served = this.timeline.messages.some((m) => m.conversation === conversation.id && m.from.kind === "staff" && talks(m));
    if (conversation.status === "closed" && before?.status !== "closed" && served) Object.assign(this, { rate: conversation.id, given: null });
    if (conversation.status !== "closed" && before?.id !== conversation.id) this.readTo = null;
    this.changed();
  }

  sees({ from, on }) {
    if (from?.kind !== "staff") return;
    clearTimeout(this.typingEnds);
    this.typing = on ? from : null;
    if (on) {
      this.typingEnds = setTimeout(() => {
        this.typing = null;
        this.changed();
      }, TYPING);
    }
    this.changed();
  }

  /** The message at a cursor. One that we have not got is an entry for staff only, later than all that we have. */
  upTo(cursor) {
    const all = this.timeline.settled;
    return (all.find((message) => message.cursor === cursor) ?? all[all.length - 1])?.id ?? null;
  }

  // ---- what the visitor does ----

  async say(text, { data, quote } = {}) {
    this.rate = ""; // whoever writes on does not want to be asked now
    await this.core.send({ kind: "text", text, data, quote });
  }

  /** Sends an upload's message under the upload's own id, so that the bubble stays the same one. */
  async post(id, fields) {
    await this.core.send(fields, { id });
  }

  async recall(message) {
    const text = message.text;
    const { answer } = await this.core.command("recall", { message: message.id }, { volatile: true });
    const { refused } = await answer;
    if (refused) return refused;
    if (text) this.recalledTexts.set(message.id, text);
    this.timeline.empty(message.id);
    this.changed();
    return null;
  }

  async older() {
    const first = this.timeline.settled[0];
    if (!first || !this.more || this.paging) return;
    this.paging = true;
    try {
      const { messages } = await this.visit.older(first.cursor);
      this.timeline.prepend(messages);
      this.more = messages.length >= 50;
    } finally {
      this.paging = false;
      this.changed();
    }
  }

  async sendRating(rating) {
    try {
      await this.visit.rate(rating);
    } catch (error) {
      if (error.status !== 409 || this.given) throw error; // rated before, in another tab: just as well
    }
    if (this.rate === rating.conversation) this.rate = "";
    this.changed();
  }

  /** Lets what was said of a conversation be said anew; null: it stays. */
  rerate(event) {
    Object.assign(this, { rate: event?.conversation ?? "", given: event?.data ?? null });
    this.changed();
  }

  /** Opens the form of a question, or puts it away. */
  fill(entry) {
    this.filling = entry;
    this.pressed = !!entry;
    this.visit.filling = entry?.id ?? "";
    this.changed();
  }

  /** Leaves a message instead of waiting: {id, text, phone?, email?}. */
  async leave({ id, text, phone, email }) {
    const answer = await this.visit.leave({ id, text, phone: phone || undefined, email: email || undefined });
    this.told = { ...this.told, left: answer.text };
    this.timeline.acked(answer.message);
    this.leftID = answer.message.id;
    this.changed();
  }

  /** Is nobody there just now? */
  get away() {
    const { hours } = this.channel ?? {};
    return hours?.open === false && !(Date.parse(hours.next) <= this.core.time());
  }

  /** Has the visitor left a message, and said nothing since? */
  get left() {
    const { conversation, leftID } = this;
    const all = this.timeline.messages;
    for (let i = all.length - 1; i >= 0 && all[i].conversation === conversation?.id; i--) {
      if (all[i].data?.event === "left" || all[i].id === leftID) return true;
      if (all[i].from.kind === "visitor" && talks(all[i])) return false;
    }
    return false;
  }

  writing(on, text) {
    if (!this.conversation || this.conversation.status === "closed") return;
    this.core.tell("typing", { on, text: on && this.channel?.typing_preview ? text : undefined });
  }

  /** Tells that everything here has been seen. */
  seen() {
    const all = this.timeline.settled;
    const last = all[all.length - 1];
    if (!last || !this.conversation || last.id === this.seenTo) return;
    this.seenTo = last.id;
    this.core.tell("read", { cursor: last.cursor }, { keep: "read" });
  }

  at(page) {
    this.visit.page = page;
    this.core.tell("page", page, { keep: "page" });
    this.changed();
  }

  /** The shop says who the visitor is: arrive anew, as that customer. */
  async identify(identity) {
    if (JSON.stringify(identity) === JSON.stringify(this.visit.identity)) return;
    this.visit.identity = identity;
    if (this.core.stopped && !this.channel) return; // not started yet
    this.core.stop();
    this.core.cursor = null;
    await this.core.start();
  }
}

/** Whether the entry is something that somebody says, rather than something that happened. */
export function talks(message) {
  return message.kind !== "event";
}

function refusal(error, identity) {
  if (error.retry || !error.status) return error.after ? { after: error.after } : error;
  if (identity && [400, 401, 403, 422].includes(error.status)) return { stop: "identity" };
  return { stop: error.status === 403 ? "origin" : error.status === 404 ? "gone" : "bug" };
}
