/**
 * A person at a device: a core, what it shows, and a storage that outlives reloads. Everything comes
 * from outside, so that the same person can be played on the model or on a real server.
 *
 *   new Client({Core, Timeline, name, env, store, connect: () => ({url, hello, load}), newID})
 */
export class Client {
  constructor(world) {
    Object.assign(this, world);
    this.promised = []; // texts whose send has returned: from here on they may not be lost
    this.refused = new Set();
    this.acked = new Set();
    this.reloads = -1;
    this.reload();
  }

  /** The page is torn down at any moment and opened again: only the storage remains. */
  reload() {
    this.life?.end();
    this.reloads++;
    const life = (this.life = alive());
    const timeline = (this.timeline = new this.Timeline());
    const { url, hello, load } = this.connect();
    const core = (this.core = new this.Core({
      url,
      hello,
      load: async () => {
        const page = await life.or(load());
        return { cursor: page.cursor, apply: () => timeline.loading()(page.messages) };
      },
      store: this.store(life),
      env: this.env(life),
    }));
    core.on("message", (message) => timeline.receive(message));
    core.on("ack", (message) => {
      this.acked.add(message.id);
      timeline.acked(message);
    });
    core.on("outbox", (entries) => {
      for (const entry of entries.filter((one) => one.failed)) {
        this.refused.add(entry.fields.text);
        core.discard(entry.id);
      }
    });
    core.start();
  }

  async send(text, fields = {}) {
    const life = this.life;
    await this.core.send({ kind: "text", ...fields, text }, { id: this.newID() });
    if (life.lives) this.promised.push(text);
  }
}

/** A page's life: after its end nothing of it happens any more. */
function alive() {
  return {
    lives: true,
    leaves: [],
    end() {
      this.lives = false;
      for (const leave of this.leaves) leave();
    },
    guard(act) {
      return (...args) => (this.lives ? act(...args) : undefined);
    },
    or(promise) {
      return new Promise((resolve, reject) => promise.then(this.guard(resolve), this.guard(reject)));
    },
  };
}
