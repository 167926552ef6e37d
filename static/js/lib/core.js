/**
 * The chat core: the client's half of the live protocol `xiaoer.v1`, without
 * a DOM, for the visitor's panel and the console alike. It keeps one socket,
 * an outbox that survives a reload, and the cursor.
 *
 *   import { Core } from "../lib/core.js";
 *   import { browser } from "../lib/browser.js";
 *   import { openOutbox } from "../lib/outbox.js";
 *
 *   const core = new Core({
 *     url: "wss://…/ws",              // or a function
 *     hello: () => ({ lang, token }), // may be async; asked for each connection
 *     load: async () => ({ cursor, apply() {…} }),
 *                                     // optional: loads what the page shows by HTTP whenever there is no cursor to go
 *                                     // on from (first start, `reset`). apply() is called only if this load still
 *                                     // counts, in the same turn as its cursor. Throw {stop: reason} to give up,
 *                                     // {after: ms} to be asked again then; anything else is tried again later.
 *     store: await openOutbox("desk:" + staffID),
 *     env: browser(),                 // socket, timers, clock, random: a simulation brings its own
 *   });
 *   core.on("message", (message, again) => …)   // → a function that stops listening
 *   await core.start();
 *
 * Commands. Both return once the entry is on disk, and never throw for want of
 * a network or of storage. `answer` resolves to {message} or {refused: {code, text}}.
 *   const {id, entry, answer} = await core.send({conversation, kind: "text", text})
 *   const {id, entry, answer} = await core.command("take", {conversation}, {volatile: true})
 *     options: id (else a new one), lane (what must stay in order; default: the conversation),
 *     volatile (not kept across a reload: right for acts that would surprise hours later)
 *   core.again(id)     a refused entry is tried once more      core.discard(id)   it is thrown away
 *   core.outbox        entries in order: {id, type, fields, lane, order, failed?: {code, text}}
 *
 * Signals: nobody answers them and nothing keeps them, so they return whether they left.
 *   core.tell("typing", {on: true})
 *   core.tell("viewing", {conversation}, {keep: "viewing"})  // the last one of a key is told again after each `ready`
 *
 * State.
 *   core.state   "offline" | "connecting" | "ready"
 *   core.reason  why offline: "" | network | restart | slow | flood | reset, and for good:
 *                bug (4400) | signed_out (4401) | origin (4403) | elsewhere (4409) | what load said
 *   core.stopped true when it will not try again until start()
 *   core.time()  the server's time, ms     core.cursor   the last message frame's
 *   core.wake()  the network or the person came back; browser() calls it by itself
 *   core.stop()  closes; start() goes on
 *
 * Events: "state" (core), "outbox" (entries), "ack" (message, entry: made since the page was last loaded),
 * "refused" ({code, text}, entry?), "reset" (frame), and each server frame under its type: "ready", "conversation", "typing", "read", "viewing",
 * "presence", "notice", "pong" with the frame, but "message" with (message, again: seen before).
 *
 * Rules it holds, each found by a simulation that lost messages without it:
 * the cursor moves by `message` and `ready`, never by `ack`; the outbox leaves only after `ready`, one entry a lane
 * at a time, because a pipelined second would overtake a first that got `retry`; 8 s without an answer is a lost
 * connection; a message that comes back with my client_id is as good as its ack.
 */
import { newID } from "./id.js";
import { after, pause } from "./pauses.js";

const ANSWER = 8000; // protocol.md: no answer for so long is a lost connection
const STABLE = 10000; // a connection that held so long starts the pauses afresh
const STUCK = 3000; // a connection still opening after so long is not waited for when the person returns
const FRAME = 64 << 10; // the server reads no larger frame
const MEMORY = 2000; // ids remembered to tell a repeated frame from a new one

export class Core {
  constructor({ url, hello, load, store, env, cursor = null }) {
    Object.assign(this, { url, hello, load, store, env, cursor });
    this.state = "offline";
    this.reason = "";
    this.stopped = true;
    this.outbox = [];
    this.offset = 0;
    this.heartbeat = 20;
    this.order = 0;
    this.attempt = 0;
    this.turn = 0; // which attempt to connect counts; older ones find that they are late
    this.flying = new Map(); // entry id → cancels its timeout
    this.waiting = new Map(); // entry id → resolves its answer
    this.kept = new Map();
    this.seen = new Set();
    this.settled = new Set();
    this.listeners = new Map();
    this.cancels = {}; // named timers
  }

  on(event, listener) {
    const all = this.listeners.get(event) ?? this.listeners.set(event, new Set()).get(event);
    all.add(listener);
    return () => all.delete(listener);
  }

  emit(event, ...args) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        this.env.report?.(error); // one broken listener must not stop the stream
      }
    }
  }

  time() {
    return this.env.now() + this.offset;
  }

  // ---- coming and going ----

  async start() {
    if (!this.stopped) return;
    this.stopped = false;
    this.attempt = 0;
    this.unwatch = this.env.watch?.(this);
    await this.adopt();
    if (!this.stopped && this.state === "offline") this.connect();
  }

  stop(reason = "") {
    this.stopped = true;
    this.unwatch?.();
    this.turn++;
    this.drop();
    for (const name of Object.keys(this.cancels)) this.timer(name);
    this.become("offline", reason);
  }

  /** Try at once: the network is back, the tab is seen again, the machine woke up. */
  wake() {
    if (this.stopped || this.cancels.flood) return;
    this.attempt = 0;
    const now = this.env.now();
    if (this.state === "ready") {
      // A socket that died in sleep says nothing. One that was silent for longer than our own pings allow is most likely dead.
      this.probe(now - this.heard > (this.heartbeat + 5) * 1000 ? 700 : 2000);
      this.adopt();
    } else if (this.state === "offline" || now - this.since > STUCK) {
      this.drop();
      this.connect();
    }
  }

  /** What the page shows may be something else now: load it, and go on from there. */
  afresh() {
    if (this.stopped) return;
    this.cursor = null;
    this.drop();
    this.connect();
  }

  /** The system says that the network is gone: do not wait for a timeout to believe it. */
  sleep() {
    if (!this.stopped && this.state !== "offline") this.lost("network");
  }

  async connect() {
    const turn = ++this.turn;
    this.timer("pause");
    this.since = this.env.now();
    this.become("connecting", this.reason);
    try {
      if (this.cursor === null && this.load) {
        const { cursor, apply } = await this.load();
        if (turn !== this.turn) return;
        this.cursor = cursor;
        for (const entry of this.outbox) entry.old = true;
        apply?.();
      }
      const fields = await this.hello();
      if (turn === this.turn) this.open(fields);
    } catch (error) {
      if (turn !== this.turn) return;
      this.drop();
      if (error.stop) this.stop(error.stop);
      else this.wait(error.after ?? this.nextPause(), "network");
    }
  }

  open(fields) {
    const connection = { dead: false };
    const mine = (act) => (...args) => connection === this.connection && act(...args);
    this.connection = connection;
    this.listen();
    const socket = this.env.open(typeof this.url === "function" ? this.url() : this.url, {
      opened: mine(() => {
        this.listen();
        this.put({ type: "hello", ...fields, cursor: this.cursor ?? undefined });
      }),
      said: mine((text) => this.take(text)),
      closed: mine((code, reason) => this.closed(code, reason)),
    });
    connection.socket = socket;
  }

  put(frame) {
    this.connection?.socket?.send(JSON.stringify(frame));
  }

  /** Forgets the socket without waiting for its close: a half-open one takes minutes to say so. */
  drop() {
    const connection = this.connection;
    this.connection = null;
    this.timer("silence");
    for (const cancel of this.flying.values()) cancel();
    this.flying.clear();
    connection?.socket?.close();
  }

  lost(reason) {
    this.closed(0, "", reason);
  }

  closed(code, text, why) {
    if (this.state === "ready" && this.env.now() - this.since > STABLE) this.attempt = 0;
    if (code === 1009) this.oversized();
    this.drop();
    const next = after(code, text);
    if (next.stop) return this.stop(next.stop);
    if (next.flood) this.timer("flood", next.wait, () => {});
    this.wait(next.within ? this.env.random() * next.within : (next.wait ?? this.nextPause()), why ?? next.reason);
  }

  nextPause() {
    return pause(this.attempt++, this.env.random());
  }

  wait(ms, reason) {
    this.turn++;
    this.become("offline", reason);
    this.timer("pause", ms, () => this.connect());
  }

  become(state, reason) {
    if (state === this.state && reason === this.reason) return;
    Object.assign(this, { state, reason });
    this.emit("state", this);
  }

  /** Sets, or without a time clears, the timer of that name. */
  timer(name, ms, act) {
    this.cancels[name]?.();
    delete this.cancels[name];
    if (act) {
      this.cancels[name] = this.env.timer(ms, () => {
        delete this.cancels[name];
        act();
      });
    }
  }

  /** Each frame starts the wait anew. The server's own pings are invisible to scripts, so we ask. */
  listen() {
    this.heard = this.env.now();
    if (this.state !== "ready") return this.timer("silence", ANSWER, () => this.lost("network"));
    this.timer("silence", this.heartbeat * 1000, () => {
      this.probe(ANSWER);
      this.adopt();
    });
  }

  probe(within) {
    this.put({ type: "ping" });
    this.timer("silence", within, () => this.lost("network"));
  }

  // ---- what the server says ----

  take(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return; // a frame of a later protocol; nothing that must be kept arrives so
    }
    this.listen();
    const act = Core.frames[frame.type];
    if (act) act(this, frame);
    else this.emit(frame.type, frame);
  }

  clock(now) {
    const at = typeof now === "number" ? now : Date.parse(now);
    if (at) this.offset = at - this.env.now();
  }

  isReady(frame) {
    this.cursor = frame.cursor ?? this.cursor;
    this.heartbeat = frame.heartbeat || this.heartbeat;
    this.clock(frame.now);
    this.since = this.env.now();
    this.become("ready", "");
    this.listen();
    this.emit("ready", frame);
    for (const signal of this.kept.values()) this.put(signal);
    this.adopt();
  }

  gotMessage({ message }) {
    this.cursor = message.cursor;
    const again = this.seen.has(message.id);
    remember(this.seen, message.id);
    if (message.client_id) this.settle(message.client_id, { message });
    this.emit("message", message, again);
    this.flush();
  }

  /** An ack tells of one entry only; what came before it may still be on its way, so the cursor stays. */
  gotAck({ id, message }) {
    const entry = this.settle(id, { message });
    // What was sent before the page was last loaded may be further up than what it shows. If it is not, its frame comes.
    if (entry && !entry.old) this.emit("ack", message, entry);
    this.flush();
  }

  gotRetry({ id, after: ms }) {
    const wait = Math.min(Math.max(ms || 1000, 100), 60000);
    if (!id) return this.timer("hold", wait, () => this.flush());
    this.land(id);
    const entry = this.entry(id);
    if (!entry) return;
    entry.held = true;
    this.env.timer(wait, () => {
      entry.held = false;
      this.flush();
    });
  }

  gotRefused({ id, code, text }) {
    const entry = this.entry(id);
    if (entry) this.fail(entry, { code, text });
    else this.emit("refused", { code, text });
    this.flush();
  }

  gotReset(frame) {
    this.cursor = null;
    this.drop();
    this.emit("reset", frame);
    this.wait(this.nextPause(), "reset");
  }

  // ---- the outbox ----

  entry(id) {
    return this.outbox.find((entry) => entry.id === id);
  }

  send(fields, options) {
    return this.command("send", fields, options);
  }

  async command(type, fields, { id = newID(), lane = fields.conversation ?? "", volatile = false } = {}) {
    this.order = Math.max(this.order + 1, this.env.now());
    const entry = { id, type, fields, lane, order: this.order, volatile };
    const answer = new Promise((resolve) => this.waiting.set(id, resolve));
    this.outbox.push(entry);
    this.emit("outbox", this.outbox);
    if (size(frameOf(entry)) > FRAME) this.fail(entry, { code: "too_long", text: "" });
    else await this.save(entry);
    entry.free = true; // only what is on disk may leave, and it leaves in its turn
    this.flush();
    return { id, entry, answer };
  }

  async save(entry) {
    if (entry.volatile) return;
    try {
      const { id, type, fields, lane, order, failed } = entry;
      await this.store.put({ id, type, fields, lane, order, failed });
      entry.stored = true;
      if (!this.entry(id)) await this.store.remove(id); // answered or discarded meanwhile
    } catch (error) {
      this.env.report?.(error); // full or forbidden storage: it lives in memory, like the page
    }
  }

  /** Takes up what other tabs left in the shared outbox, and drops what they have had answered. Ids make a double harmless. */
  async adopt() {
    const judged = new Set(this.outbox.filter((entry) => entry.stored && !this.flying.has(entry.id)));
    this.adopting = (this.adopting ?? 0) + 1;
    try {
      const stored = new Map((await this.store.all()).map((entry) => [entry.id, entry]));
      const mine = this.outbox.filter((entry) => !judged.has(entry) || stored.has(entry.id) || this.flying.has(entry.id));
      for (const entry of mine) stored.delete(entry.id);
      const others = [...stored.values()].filter((entry) => !this.settled.has(entry.id));
      for (const entry of others) this.order = Math.max(this.order, entry.order);
      if (others.length || mine.length !== this.outbox.length) {
        this.outbox = mine.concat(others.map((entry) => ({ ...entry, free: true, stored: true, old: true })));
        this.outbox.sort((a, b) => a.order - b.order);
        this.emit("outbox", this.outbox);
      }
    } catch (error) {
      this.env.report?.(error);
    }
    this.adopting--;
    this.flush();
  }

  flush() {
    if (this.state !== "ready" || this.adopting || this.cancels.hold) return;
    const lanes = new Set();
    for (const entry of this.outbox) {
      if (entry.failed || lanes.has(entry.lane)) continue;
      lanes.add(entry.lane);
      if (!entry.free || entry.held || this.flying.has(entry.id)) continue;
      this.put(frameOf(entry));
      this.flying.set(entry.id, this.env.timer(ANSWER, () => this.lost("network")));
    }
  }

  land(id) {
    this.flying.get(id)?.();
    this.flying.delete(id);
  }

  /** The entry is answered for good. */
  settle(id, answer) {
    this.land(id);
    remember(this.settled, id);
    this.waiting.get(id)?.(answer);
    this.waiting.delete(id);
    const entry = this.entry(id);
    if (entry) this.remove(entry);
    return entry;
  }

  remove(entry) {
    this.outbox = this.outbox.filter((other) => other !== entry);
    remember(this.settled, entry.id);
    if (entry.stored) this.store.remove(entry.id).catch((error) => this.env.report?.(error));
    this.emit("outbox", this.outbox);
  }

  fail(entry, failed) {
    this.land(entry.id);
    entry.failed = failed;
    this.waiting.get(entry.id)?.({ refused: failed });
    this.waiting.delete(entry.id);
    if (entry.volatile) this.outbox = this.outbox.filter((other) => other !== entry);
    else this.save(entry);
    this.emit("outbox", this.outbox);
    this.emit("refused", failed, entry);
  }

  /** Tries a refused entry again, under a new id where the old one was the trouble. */
  async again(id) {
    const entry = this.entry(id);
    if (!entry?.failed) return;
    if (entry.failed.code === "id_reused") {
      this.remove(entry);
      await this.command(entry.type, entry.fields, { lane: entry.lane });
      return;
    }
    delete entry.failed;
    this.emit("outbox", this.outbox);
    await this.save(entry);
    this.flush();
  }

  discard(id) {
    const entry = this.entry(id);
    if (entry) this.remove(entry);
  }

  /** The server would not even read what was in flight; sending it again would only lose the next connection. */
  oversized() {
    for (const id of [...this.flying.keys()]) {
      const entry = this.entry(id);
      if (entry) this.fail(entry, { code: "too_long", text: "" });
    }
  }

  tell(type, fields, { keep } = {}) {
    const frame = { type, ...fields };
    if (keep) this.kept.set(keep, frame);
    if (this.state !== "ready") return false;
    this.put(frame);
    return true;
  }
}

/** What each server frame does. Others are handed on under their type. */
Core.frames = {
  ready: (core, frame) => core.isReady(frame),
  message: (core, frame) => core.gotMessage(frame),
  ack: (core, frame) => core.gotAck(frame),
  retry: (core, frame) => core.gotRetry(frame),
  refused: (core, frame) => core.gotRefused(frame),
  reset: (core, frame) => core.gotReset(frame),
  pong(core, frame) {
    core.clock(frame.now);
    core.emit("pong", frame);
  },
};

function frameOf({ id, type, fields }) {
  return { type, id, ...fields };
}

function size(frame) {
  return new TextEncoder().encode(JSON.stringify(frame)).length;
}

function remember(set, id) {
  set.add(id);
  if (set.size > MEMORY) set.delete(set.values().next().value);
}
