import { h, icon } from "../lib/dom.js";
import { bytes, summary } from "./bubble.js";
import { picker } from "./emoji.js";

const TALLEST = 120;
const TYPING = 1000; // protocol.md: at most one a second
const RESTS = 4000;
const MOST = 5000; // code points of a text

/** Where the visitor writes: text, emoji, pictures and files waiting to be sent, and what is being answered to. */
export class Composer {
  constructor(el, page) {
    Object.assign(this, { el, page, tray: [], quoting: null, told: 0 });
    this.text = el.querySelector("textarea");
    this.above = document.getElementById("above");
    this.panel = document.getElementById("panel");
    this.trouble = document.getElementById("trouble");
    this.sendButton = el.querySelector("[data-act=send]");
    this.file = el.querySelector("input[type=file]");
    this.draft = page.chat.visit.key("draft");
    this.text.value = page.chat.visit.items.getItem(this.draft) ?? "";
    this.listen();
    this.grow();
  }

  listen() {
    const { el, text } = this;
    text.addEventListener("input", () => this.typed());
    text.addEventListener("keydown", (event) => this.key(event));
    text.addEventListener("paste", (event) => this.take(event, event.clipboardData));
    el.querySelector("[data-act=emoji]").addEventListener("click", () => this.toggleEmoji());
    el.querySelector("[data-act=attach]").addEventListener("click", () => this.file.click());
    this.file.addEventListener("change", () => {
      this.attach([...this.file.files]);
      this.file.value = "";
    });
    this.sendButton.addEventListener("pointerdown", (event) => event.preventDefault()); // the keyboard stays up
    this.sendButton.addEventListener("click", () => this.send());
    this.drops(document.getElementById("chat"));
  }

  drops(area) {
    const over = (on) => area.classList.toggle("dropping", on);
    let depth = 0;
    area.addEventListener("dragenter", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      depth++;
      over(true);
    });
    area.addEventListener("dragover", (event) => event.preventDefault());
    area.addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      if (!depth) over(false);
    });
    area.addEventListener("drop", (event) => {
      depth = 0;
      over(false);
      this.take(event, event.dataTransfer);
    });
  }

  /** Files from the clipboard or a drag; text goes where the browser puts it. */
  take(event, data) {
    const files = [...(data?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.attach(files);
  }

  attach(files) {
    this.complain("");
    for (const file of files.slice(0, 9)) {
      const one = this.page.chat.uploads.prepare(file);
      this.tray.push(one);
      one.ready.then((trouble) => trouble && this.refuse(one, trouble));
    }
    this.drawAbove();
    this.text.focus();
  }

  refuse(one, trouble) {
    if (!this.tray.includes(one)) return; // sent already: its bubble says so
    this.tray = this.tray.filter((other) => other !== one);
    this.complain(this.page.t(trouble, { Name: one.name }));
    this.drawAbove();
  }

  /** Enter sends, unless an input method is using it: Safari ends a composition before the keydown, so 229 as well. */
  key(event) {
    if (event.key === "Escape" && (this.quoting || !this.panel.hidden)) {
      event.stopPropagation();
      this.quote(null);
      this.hidePanel();
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.send();
  }

  typed() {
    this.grow();
    this.save();
    clearTimeout(this.rests);
    if (!this.text.value) return this.stopTyping();
    this.rests = setTimeout(() => this.stopTyping(), RESTS);
    this.due ||= setTimeout(() => this.tellTyping(), Math.max(0, this.told + TYPING - Date.now()));
  }

  tellTyping() {
    this.due = 0;
    this.told = Date.now();
    this.page.chat.writing(true, this.text.value.slice(0, MOST));
  }

  stopTyping() {
    clearTimeout(this.rests);
    clearTimeout(this.due);
    this.due = 0;
    if (!this.told) return;
    this.told = 0;
    this.page.chat.writing(false);
  }

  save() {
    const { items } = this.page.chat.visit;
    try {
      if (this.text.value) items.setItem(this.draft, this.text.value);
      else items.removeItem(this.draft);
    } catch {
      // full storage: the draft lives as long as the page
    }
  }

  grow() {
    const { text } = this;
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, TALLEST)}px`;
    this.ready();
  }

  ready() {
    this.sendButton.disabled = !this.text.value.trim() && !this.tray.length;
  }

  async send() {
    const text = this.text.value.trim();
    if (!text && !this.tray.length) return;
    if ([...text].length > MOST) return this.complain(this.page.t("too_long"));
    const quote = this.quoting?.id;
    const files = this.tray;
    this.tray = [];
    this.text.value = "";
    this.quoting = null;
    this.stopTyping();
    this.complain("");
    this.drawAbove();
    this.grow();
    this.page.act.sent();
    const { chat } = this.page;
    const sends = files.map((one) => chat.uploads.add(one));
    if (text) sends.push(chat.say(text, { quote }));
    await Promise.all(sends); // on disk from here on
    this.save();
  }

  insert(words) {
    const { text } = this;
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    this.typed();
  }

  edit(words) {
    this.text.value = words;
    this.typed();
    this.text.focus();
  }

  quote(message) {
    this.quoting = message;
    this.drawAbove();
    if (message) this.text.focus();
  }

  complain(words) {
    this.trouble.textContent = words;
    this.trouble.hidden = !words;
  }

  drawAbove() {
    const { t } = this.page;
    this.above.replaceChildren(
      ...[
        this.quoting && h("div.vc-quoting", null, icon("message-reply"), h("span", null, summary(this.quoting, t)), this.drop(t("quote_drop"), () => this.quote(null))),
        ...this.tray.map((one) => this.waiting(one)),
      ].filter(Boolean),
    );
    this.above.hidden = !this.above.childElementCount;
    this.ready();
  }

  waiting(one) {
    const { t } = this.page;
    const leave = this.drop(t("remove_file", { Name: one.name }), () => {
      URL.revokeObjectURL(one.url);
      this.tray = this.tray.filter((other) => other !== one);
      this.drawAbove();
      this.text.focus();
    });
    if (one.kind === "image") return h("div.vc-thumb", null, h("img", { src: one.url, alt: t("image_of", { Name: one.name }) }), leave);
    return h("div.vc-thumb.file", null, icon("file-text"), h("span", null, one.name, h("small", null, bytes(one.blob.size))), leave);
  }

  drop(label, act) {
    return h("button.vc-x", { type: "button", "aria-label": label, onclick: act }, icon("x"));
  }

  toggleEmoji() {
    if (!this.panel.hidden) return this.hidePanel();
    if (!this.panel.childElementCount) this.panel.append(picker(this.page.t, (one) => this.insert(one)));
    this.panel.hidden = false;
    this.el.querySelector("[data-act=emoji]").setAttribute("aria-expanded", "true");
    this.panel.querySelector("button").focus();
    this.page.act.grown();
  }

  hidePanel() {
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.el.querySelector("[data-act=emoji]").setAttribute("aria-expanded", "false");
    this.text.focus();
  }
}
