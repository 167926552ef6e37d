/**
 * A network worse than most: it delays, doubles and drops frames, cuts connections so that both,
 * one or neither end notices, and goes away for a while. What it does not do is what TCP does not:
 * lose or reorder the server's `message` frames within a connection that lives on.
 */
const droppable = new Set(["ack", "retry", "pong", "ready"]);

export class Network {
  constructor(clock, chance, server) {
    Object.assign(this, { clock, chance, server });
    this.calm = false;
    this.links = new Set();
    this.counts = { drops: 0, doubles: 0, cuts: 0, connects: 0 };
  }

  /** One client's end. The handlers are the core's. */
  connect(handlers) {
    const link = { handlers, up: 0, down: 0, alive: true };
    this.links.add(link);
    this.counts.connects++;
    const refused = this.server.restarting || (!this.calm && this.chance.under(0.1));
    this.clock.at(this.latency(), () => (refused ? this.hangUp(link, 1006, "") : this.established(link)));
    return {
      send: (text) => this.up(link, JSON.parse(text)),
      close: () => this.clock.at(this.latency(), () => this.leave(link)),
    };
  }

  established(link) {
    if (!link.alive) return;
    link.server = this.server.accept(
      (frame) => this.down(link, frame),
      (code, reason) => this.inOrder(link, "down", () => this.hangUp(link, code, reason)),
    );
    link.handlers.opened();
    if (!this.calm) this.clock.at(this.chance.between(300, 25000), () => this.cut(link));
  }

  leave(link) {
    link.alive = false;
    this.links.delete(link);
    if (link.server) this.server.gone(link.server);
  }

  hangUp(link, code, reason) {
    if (!link.alive) return;
    this.leave(link);
    link.handlers.closed(code, reason);
  }

  /** Everything in flight is lost. The client may learn of it now, later, or only from silence. */
  cut(link) {
    if (!link.alive || this.calm) return;
    this.counts.cuts++;
    this.leave(link);
    if (this.chance.under(0.6)) this.clock.at(this.chance.between(0, 3000), () => link.handlers.closed(1006, ""));
  }

  up(link, frame) {
    if (this.lost(frame.type !== "hello" || this.chance.under(0.3))) return;
    const deliver = () => this.inOrder(link, "up", () => link.server && this.server.hear(link.server, frame));
    deliver();
    if (this.doubled()) deliver();
  }

  down(link, frame) {
    if (this.lost(droppable.has(frame.type))) return;
    const deliver = () => this.inOrder(link, "down", () => link.handlers.said(JSON.stringify(frame)));
    deliver();
    if (this.doubled()) deliver();
  }

  lost(may) {
    const lost = !this.calm && may && this.chance.under(0.04);
    if (lost) this.counts.drops++;
    return lost;
  }

  doubled() {
    const doubled = !this.calm && this.chance.under(0.04);
    if (doubled) this.counts.doubles++;
    return doubled;
  }

  inOrder(link, way, act) {
    link[`${way}Due`] = Math.max(link[`${way}Due`] ?? 0, this.clock.now + this.latency());
    this.clock.at(link[`${way}Due`] - this.clock.now, () => link.alive && act());
  }

  latency() {
    return this.calm ? 10 : this.chance.under(0.05) ? this.chance.between(300, 4000) : this.chance.between(5, 120);
  }
}
