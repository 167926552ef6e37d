/** Virtual time and seeded chance: a seed always makes the same world. */

export function chance(seed) {
  let state = (seed * 0x9e3779b9 + 0x85ebca6b) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0; // mulberry32
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  next.under = (p) => next() < p;
  next.between = (low, high) => low + Math.floor(next() * (high - low + 1));
  return next;
}

/** A clock that jumps from event to event, letting promises settle in between. */
export class Clock {
  constructor() {
    this.now = 1_700_000_000_000;
    this.queue = [];
    this.count = 0;
    this.channel = new MessageChannel();
  }

  at(ms, act) {
    const event = { time: this.now + Math.max(0, ms), n: this.count++, act };
    let i = this.queue.length;
    while (i > 0 && later(this.queue[i - 1], event)) i--;
    this.queue.splice(i, 0, event);
    return () => {
      event.act = null;
    };
  }

  async run(ms) {
    const end = this.now + ms;
    await this.settle();
    while (this.queue.length && this.queue[0].time <= end) {
      const event = this.queue.shift();
      if (!event.act) continue;
      this.now = event.time;
      event.act();
      await this.settle();
    }
    this.now = end;
  }

  /** A macrotask: every microtask that is due runs before it. */
  settle() {
    return new Promise((resolve) => {
      this.channel.port1.onmessage = resolve;
      this.channel.port2.postMessage(0);
    });
  }

  close() {
    this.channel.port1.close();
  }
}

function later(a, b) {
  return a.time > b.time || (a.time === b.time && a.n > b.n);
}
