import { newID } from "../lib/id.js";
import { shrink } from "../lib/shrink.js";
import { upload } from "../lib/upload.js";

const MOST = 10 << 20; // the server takes no larger file

/**
 * Files on their way up. They are kept with their bytes until the server has them, so that a reload goes on; then the
 * message that carries the file goes through the outbox under the same id.
 *
 * One at a time: on a phone's network two at once only make both late.
 */
export class Uploads {
  constructor({ chat, store }) {
    this.chat = chat;
    this.store = store;
    this.list = []; // {id, blob, name, kind, width?, height?, url, order, share, failed?}
    this.sending = null;
  }

  async restore() {
    const kept = await this.store.all().catch(() => []);
    for (const one of kept.sort((a, b) => a.order - b.order)) {
      if (one.blob instanceof Blob) this.list.push({ ...one, share: 0, url: URL.createObjectURL(one.blob) });
    }
    this.chat.changed();
    this.next();
  }

  /**
   * A file to be looked at before it is sent: {id, blob, name, kind, url, ready, …}. It may be sent at once; making a
   * picture smaller takes a moment, which `ready` waits for: it resolves to a key of words where the file cannot go.
   */
  prepare(file) {
    const kind = /^image\/(?!svg)/.test(file.type) ? "image" : "file";
    const one = { id: newID(), blob: file, name: file.name || "file", kind, order: Date.now(), share: 0, url: URL.createObjectURL(file) };
    one.ready = this.smaller(one, file);
    return one;
  }

  async smaller(one, file) {
    if (file.size === 0) return "empty";
    if (one.kind === "image") {
      try {
        Object.assign(one, await shrink(file));
      } catch {
        one.kind = "file"; // this browser cannot read it; the server may still take it
      }
    }
    return one.blob.size > MOST ? "too_large" : "";
  }

  async add(one) {
    one.order = Date.now();
    one.waits = true;
    this.list.push(one);
    this.chat.changed();
    const trouble = await one.ready;
    delete one.waits;
    if (trouble) one.failed = { code: trouble, text: "" };
    this.chat.changed();
    if (trouble || !this.list.includes(one)) return this.next();
    const { id, blob, name, kind, width, height, order } = one;
    await this.store.put({ id, blob, name, kind, width, height, order }).catch(() => {}); // then it lives as long as the page
    this.next();
  }

  async next() {
    const one = this.list.find((other) => !other.failed); // in the order in which they were sent
    if (this.sending || !one || one.waits || !this.chat.visit.token) return;
    const { url, headers } = this.chat.visit.upload;
    const progress = (share) => {
      one.share = share;
      this.chat.dispatchEvent(new CustomEvent("progress", { detail: one }));
    };
    this.sending = { one, ...upload({ url, headers, fields: { id: one.id }, blob: one.blob, name: one.name, progress }) };
    try {
      const file = await this.sending.done;
      one.file = file;
      await this.chat.post(one.id, { kind: one.kind, file: file.id });
      this.forget(one);
    } catch (error) {
      this.faltered(one, error);
    }
    this.sending = null;
    this.chat.changed();
    this.next();
  }

  faltered(one, error) {
    if (error.code === "cancelled") return this.forget(one);
    one.share = 0;
    if (!error.retry) return void (one.failed = { code: error.code, text: error.text });
    one.tries = (one.tries ?? 0) + 1;
    one.failed = { code: "network", text: "" };
    setTimeout(() => this.again(one.id), error.after ?? Math.min(30000, 1000 * 2 ** one.tries));
  }

  again(id) {
    const one = this.list.find((other) => other.id === id);
    if (!one?.failed || one.blob.size > MOST || !one.blob.size) return;
    delete one.failed;
    this.chat.changed();
    this.next();
  }

  cancel(id) {
    const one = this.list.find((other) => other.id === id);
    if (!one) return;
    if (this.sending?.one === one) this.sending.cancel();
    else this.forget(one);
    this.chat.changed();
  }

  /** The picture itself stays in memory: its bubble goes on showing it while the message is on its way. */
  forget(one) {
    this.list = this.list.filter((other) => other !== one);
    shown.set(one.id, one);
    this.store.remove(one.id).catch(() => {});
  }
}

const shown = new Map();

/** The upload that became the message with this client id, if it was in this page's life. */
export function uploaded(id) {
  return shown.get(id);
}
