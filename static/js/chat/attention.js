import { beeper } from "../lib/beep.js";

/**
 * What has come while nobody looked: a number for the launcher or the title, and a sound.
 * The last message seen is kept, so that the number is right after a reload, too.
 */
export class Attention {
  constructor({ chat, host, visible }) {
    Object.assign(this, { chat, host, visible });
    this.title = document.title;
    this.beep = beeper();
    this.key = chat.visit.key("seen");
    chat.addEventListener("arrived", () => this.arrived());
    chat.addEventListener("loaded", () => this.count());
  }

  get muted() {
    return this.chat.visit.items.getItem("xiaoer.muted") === "1";
  }

  mute(on) {
    this.chat.visit.items.setItem("xiaoer.muted", on ? "1" : "0");
  }

  arrived() {
    if (!this.visible()) {
      this.count();
      if (!this.muted && !this.beep()) this.host.tell("ring");
    }
  }

  seen() {
    const all = this.chat.timeline.settled;
    const last = all[all.length - 1];
    if (last && last.id !== this.last) this.chat.visit.items.setItem(this.key, (this.last = last.id));
    this.show(0);
  }

  count() {
    const all = this.chat.timeline.settled;
    const at = all.findIndex((message) => message.id === this.chat.visit.items.getItem(this.key));
    if (at < 0 && !this.chat.visit.items.getItem(this.key)) return this.show(0);
    this.show(all.slice(at + 1).filter((message) => message.from.kind === "staff" && message.kind !== "event").length);
  }

  show(n) {
    if (n === this.shown) return;
    this.shown = n;
    this.host.tell("unread", { count: n });
    if (!this.host.embedded) document.title = n ? `(${n}) ${this.title}` : this.title;
  }
}
