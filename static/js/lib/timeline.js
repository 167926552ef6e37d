/**
 * What one thread shows, in the server's order. Pure.
 *
 *   const timeline = new Timeline();
 *   const land = timeline.loading();  …fetch…  land(messages)   // the newest page; keeps what the stream
 *                                     // brought meanwhile. land(null) where the fetch failed
 *   timeline.prepend(messages)        // an older page, oldest first
 *   timeline.receive(message)         // from a `message` frame → true if it is new here
 *   timeline.acked(message)           // from an `ack`
 *   timeline.messages                 // settled ones in order, then those only acked
 *
 * An ack may overtake the `message` frames of what was stored before it, so an acked message
 * floats at the end until its own frame gives it its place. Cursors are opaque: the order is
 * that of arrival on one connection, never a comparison.
 */
export class Timeline {
  constructor() {
    this.settled = [];
    this.floating = [];
    this.loads = new Set();
  }

  get messages() {
    return this.floating.length ? this.settled.concat(this.floating) : this.settled;
  }

  find(id) {
    return this.settled.find((message) => message.id === id) ?? this.floating.find((message) => message.id === id);
  }

  loading() {
    const load = { arrived: new Map() }; // what has come since is as new as the list, or newer
    const before = new Set(this.floating); // stored before the list was read: in it, or further up
    this.loads.add(load);
    return (messages) => {
      this.loads.delete(load);
      if (!messages) return; // it failed
      const listed = new Set(messages.map((message) => message.id));
      const later = [...load.arrived.values()].filter((message) => !listed.has(message.id));
      this.settled = messages.map((message) => load.arrived.get(message.id) ?? message).concat(later);
      const known = new Set(this.settled.map((message) => message.id));
      this.floating = this.floating.filter((message) => !known.has(message.id) && !before.has(message));
    };
  }

  prepend(messages) {
    const known = new Set(this.settled.map((message) => message.id));
    this.settled = messages.filter((message) => !known.has(message.id)).concat(this.settled);
  }

  receive(message) {
    for (const load of this.loads) load.arrived.set(message.id, message);
    if (message.data?.event === "recalled") this.empty(message.data.message);
    const floated = this.floating.length;
    this.floating = this.floating.filter((other) => other.id !== message.id);
    const at = indexOf(this.settled, message.id);
    if (at < 0) this.settled = this.settled.concat(message);
    else this.settled = this.settled.map((other, i) => (i === at ? message : other));
    return at < 0 && floated === this.floating.length;
  }

  /** A recalled entry keeps its place and nothing else; the stream tells of it by an event only. */
  empty(id) {
    const message = this.find(id);
    if (!message || message.recalled) return;
    const { text, data, file, quote, ...rest } = message;
    const emptied = { ...rest, recalled: true };
    for (const load of this.loads) load.arrived.set(id, emptied);
    const replace = (other) => (other.id === id ? emptied : other);
    this.settled = this.settled.map(replace);
    this.floating = this.floating.map(replace);
  }

  acked(message) {
    if (!message || this.find(message.id)) return;
    this.floating = this.floating.concat(message);
  }
}

/** From the end: what repeats is mostly recent. */
function indexOf(messages, id) {
  for (let i = messages.length - 1; i >= 0; i--) {
    if (messages[i].id === id) return i;
  }
  return -1;
}
