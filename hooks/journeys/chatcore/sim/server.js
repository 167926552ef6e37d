/**
 * A model of the server: the promises of the protocol and nothing else. Exactly once by
 * (sender, id), one order, resume by cursor, `retry` for its own faults, `reset`, restarts that
 * commit without answering. Acks overtake the fan-out, as the protocol lets them.
 */
export class Server {
  constructor(clock, chance) {
    Object.assign(this, { clock, chance });
    this.timeline = [];
    this.bySender = new Map();
    this.connections = new Set();
    this.calm = false;
    this.counts = { retries: 0, resets: 0, restarts: 0, repeats: 0 };
  }

  sees(sender, message) {
    return !(message.kind === "note" && sender === "visitor");
  }

  visible(sender) {
    return this.timeline.filter((message) => this.sees(sender, message));
  }

  cursor() {
    return cursorOf(this.timeline.length);
  }

  /** What the HTTP list answers: the last 50 and where they are true. */
  list(sender) {
    return { messages: this.visible(sender).slice(-50).map((message) => forSender(message, sender)), cursor: this.cursor() };
  }

  accept(say, close) {
    const connection = { say, close, queue: [], sender: null, open: true };
    this.connections.add(connection);
    return connection;
  }

  gone(connection) {
    connection.open = false;
    this.connections.delete(connection);
  }

  hear(connection, frame) {
    if (!connection.open) return;
    if (frame.type === "hello") return this.hello(connection, frame);
    if (!connection.sender) return this.hangUp(connection, 4400, "malformed");
    if (frame.type === "ping") return connection.say({ type: "pong", now: this.clock.now });
    if (frame.type === "send") return this.post(connection, frame);
    connection.say({ type: "refused", id: frame.id, code: "unknown_type", text: "?" });
  }

  hangUp(connection, code, reason) {
    this.gone(connection);
    connection.close(code, reason);
  }

  hello(connection, { token, cursor }) {
    if (connection.sender) return; // a doubled frame, not a second hello
    const from = cursor === undefined ? this.timeline.length : cursorOf.back(cursor);
    if (!this.calm && this.chance.under(0.04)) {
      this.counts.resets++;
      return connection.say({ type: "reset", reason: "too_far" });
    }
    connection.sender = token;
    connection.last = cursorOf(from);
    for (const message of this.timeline.slice(from)) this.deliver(connection, message);
    this.later(connection, () =>
      connection.say({ type: "ready", cursor: connection.last, heartbeat: 20, now: this.clock.now }),
    );
  }

  /** Each connection has its own queue with its own pace: slow readers are behind, in order. */
  later(connection, act) {
    connection.due = Math.max(connection.due ?? 0, this.clock.now + this.chance.between(0, 60));
    this.clock.at(connection.due - this.clock.now, () => connection.open && act());
  }

  deliver(connection, message) {
    this.later(connection, () => {
      connection.last = message.cursor;
      if (this.sees(connection.sender, message)) connection.say({ type: "message", message: forSender(message, connection.sender) });
    });
  }

  post(connection, frame) {
    const sender = connection.sender;
    if (frame.text.startsWith("!")) return connection.say({ type: "refused", id: frame.id, code: "invalid", text: "no" });
    if (!this.calm && this.chance.under(0.12)) {
      this.counts.retries++;
      return connection.say({ type: "retry", id: frame.id, after: this.chance.between(50, 3000), code: "busy" });
    }
    this.clock.at(this.chance.between(1, 40), () => {
      if (this.restarting) return;
      const message = this.commit(sender, frame);
      if (!this.calm && this.chance.under(0.02)) return this.restart(); // stored, never answered
      if (connection.open) connection.say({ type: "ack", id: frame.id, message: forSender(message, sender) });
    });
  }

  commit(sender, { id, kind, text }) {
    const key = `${sender} ${id}`;
    const first = this.bySender.get(key);
    if (first) {
      this.counts.repeats++;
      return first;
    }
    const message = { id: `m${this.timeline.length + 1}`, cursor: cursorOf(this.timeline.length + 1), kind, text, sender, client_id: id };
    this.timeline.push(message);
    this.bySender.set(key, message);
    for (const connection of this.connections) if (connection.sender) this.deliver(connection, message);
    return message;
  }

  restart() {
    this.counts.restarts++;
    this.restarting = true;
    for (const connection of [...this.connections]) this.hangUp(connection, 1012, "restart");
    this.clock.at(this.chance.between(200, 4000), () => (this.restarting = false));
  }
}

/** Opaque to clients: equal or not, never larger. */
function cursorOf(n) {
  return `e1.${(n * 7919 + 13).toString(36)}`;
}
cursorOf.back = (cursor) => (parseInt(cursor.slice(3), 36) - 13) / 7919;

function forSender(message, sender) {
  const { client_id, ...rest } = message;
  return message.sender === sender ? { ...rest, client_id } : rest;
}
