/** The visitor's panel: /chat, as a page of its own or in the widget's frame. */
import { icon } from "../lib/dom.js";
import { openOutbox, openUploads, storage } from "../lib/outbox.js";
import { words } from "../lib/words.js";
import { Attention } from "./attention.js";
import { summary, recallable } from "./bubble.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Head } from "./head.js";
import { Host } from "./host.js";
import { rescue } from "./leave.js";
import { closeMenu, onHold, openMenu } from "./menu.js";
import { paint } from "./paint.js";
import { Thread } from "./thread.js";
import { times } from "./times.js";
import { Visit } from "./visit.js";
import { zoom } from "./zoom.js";

const root = document.getElementById("chat");
const { lang } = document.documentElement;

boot();

async function boot() {
  if (chosenElsewhere()) return;
  const host = new Host();
  const channel = root.dataset.channel;
  paint(root.dataset.colour);
  const [t, outbox, uploads, start] = await Promise.all([words("chat", lang), openOutbox(channel), openUploads(channel), host.hello()]);
  const visit = new Visit({ channel, lang });
  visit.page = start.page ?? null;
  visit.identity = start.identity ?? null;
  const chat = new Chat({ visit, outbox, uploads });
  assemble({ chat, host, t, times: times(lang, t) });
  if (start.page) chat.at(start.page);
  await chat.start();
}

/** The language chosen last time goes before the one that the server guessed. */
function chosenElsewhere() {
  const chosen = storage().getItem("xiaoer.lang");
  const address = new URL(location.href);
  if (!chosen || chosen === lang || address.searchParams.has("lang")) return false;
  address.searchParams.set("lang", chosen);
  location.replace(address);
  return true;
}

function assemble(page) {
  const { chat, host } = page;
  const visible = () => host.shown && document.visibilityState === "visible";
  page.act = acts(page);
  const attention = new Attention({ chat, host, visible });
  const head = new Head(page);
  const composer = (page.composer = new Composer(document.getElementById("composer"), page));
  const thread = (page.thread = new Thread(document.getElementById("thread"), page));
  const seen = () => {
    if (!visible() || !thread.atEnd() || !chat.channel) return;
    attention.seen();
    chat.seen();
  };
  page.act.seen = seen;
  let due = false;
  const render = () => {
    due = false;
    head.render();
    if (chat.channel || chat.core.outbox.length || chat.core.stopped) thread.render();
    chips(page);
    document.getElementById("privacy").hidden = !chat.channel?.typing_preview;
    rescue(page);
    composer.text.placeholder = page.t(chat.conversation?.status === "closed" ? "write_again" : "write");
    host.tell("alive", { alive: !!chat.conversation && chat.conversation.status !== "closed", colour: root.style.getPropertyValue("--brand") });
  };
  chat.addEventListener("change", () => {
    if (due) return;
    due = true;
    setTimeout(render); // not a frame: a hidden one gets none
  });
  chat.addEventListener("arrived", () => {
    if (!thread.atEnd()) thread.missed++;
  });
  chat.addEventListener("loaded", () => {
    paint(chat.channel.colours?.brand);
    thread.stick = true;
  });
  document.addEventListener("visibilitychange", seen);
  fromHost(page, seen);
  buttons(page, attention);
  keyboard(page);
  onHold(thread.el, ".vc-wrap", (wrap) => wrap.parentElement.querySelector(".vc-more")?.click());
  render();
  root.classList.add("ready");
}

/** What the visitor can do with what they see. */
function acts(page) {
  const { chat, t } = page;
  return {
    entries: () => fitting(chat),
    enter: (entry) => {
      page.thread.stick = true;
      if (entry.form) return chat.fill(entry);
      chat.say(entry.text, { data: { entry: entry.id } });
      if (matchMedia("(pointer: fine)").matches) page.composer.text.focus(); // its button goes away
    },
    sent: () => (page.thread.stick = true),
    grown: () => page.thread.grown(),
    edit: (text) => page.composer.edit(text),
    zoom: (img) => zoom(img, t),
    rate: (rating) => chat.sendRating(rating),
    rerate: (event) => chat.rerate(event),
    fill: (entry) => chat.fill(entry),
    leave: (message) => chat.leave(message),
    cancel: (id) => chat.uploads.cancel(id),
    again: (one) => (one.entry ? chat.core.again(one.key) : chat.uploads.again(one.key)),
    discard: (one) => (one.entry ? chat.core.discard(one.key) : chat.uploads.cancel(one.key)),
    refresh: async (file, img) => {
      img.src = (await chat.visit.file(file.id)).url;
    },
    fetchFile: async (event, file) => {
      if (Date.now() - loadedAt < 90 * 60000) return; // its key still holds
      event.preventDefault();
      location.assign((await chat.visit.file(file.id)).url);
    },
    menu: (one, anchor) => menu(one, anchor, page),
  };
}

const loadedAt = Date.now();

function menu(one, anchor, { chat, t, composer }) {
  const { message } = one;
  const entries = [];
  if (message.text) entries.push([t("copy"), "copy", () => copy(message.text)]);
  entries.push([t("quote"), "message-reply", () => composer.quote(message)]);
  if (recallable(one, chat.core.time())) {
    entries.push([t("recall"), "rotate-clockwise", async () => {
      const refused = await chat.recall(message);
      if (refused) composer.complain(refused.text || t("not_recalled"));
    }]);
  }
  openMenu(anchor, entries, summary(message, t));
}

/** navigator.clipboard is missing on plain http and may be forbidden in a frame. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** The entry questions for the kind of page that the visitor is on. */
function fitting(chat) {
  const kind = chat.visit.page?.kind;
  return (chat.channel?.entries ?? []).filter((entry) => !entry.kinds?.length || entry.kinds.includes(kind));
}

/** Once there is something to read above, the questions become a row of buttons, until somebody serves. */
function chips({ chat, act }) {
  const row = document.getElementById("chips");
  const talking = chat.timeline.messages.length || chat.core.outbox.length;
  const entries = talking && chat.conversation?.status !== "open" ? fitting(chat) : [];
  row.hidden = !entries.length;
  const look = JSON.stringify(entries);
  if (row.look === look) return;
  row.look = look;
  row.replaceChildren(
    ...entries.map((entry) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = entry.text;
      button.addEventListener("click", () => act.enter(entry));
      return button;
    }),
  );
}

function fromHost({ chat, host, composer }, seen) {
  host.on("shown", ({ shown }) => {
    seen();
    if (shown && matchMedia("(pointer: fine)").matches) composer.text.focus();
    if (shown) chat.core.wake();
  });
  host.on("page", ({ page }) => chat.at(page));
  host.on("identify", ({ identity }) => chat.identify(identity));
}

function buttons({ host, t }, attention) {
  const close = document.getElementById("close");
  close.hidden = !host.embedded;
  close.addEventListener("click", () => host.tell("close"));
  addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && host.tell("close"));
  const sound = document.getElementById("sound");
  const drawSound = () => {
    sound.setAttribute("aria-pressed", String(!attention.muted));
    sound.replaceChildren(icon(attention.muted ? "volume-off" : "volume"));
    sound.title = t(attention.muted ? "sound_off" : "sound_on");
  };
  sound.addEventListener("click", () => {
    attention.mute(!attention.muted);
    drawSound();
  });
  drawSound();
  document.getElementById("language").addEventListener("click", () => {
    const other = lang === "en" ? "zh-CN" : "en";
    storage().setItem("xiaoer.lang", other);
    const address = new URL(location.href);
    address.searchParams.set("lang", other);
    location.replace(address);
  });
}

/**
 * An iPhone's keyboard covers the page instead of shrinking it: follow what is really seen. In the widget the
 * host does so for the whole frame.
 */
function keyboard({ host, thread }) {
  const view = window.visualViewport;
  if (!view || host.embedded) return;
  const fit = () => {
    if (view.scale > 1.01) return; // pinched, not typed
    const end = thread.atEnd();
    root.style.height = `${view.height}px`;
    root.style.top = `${view.offsetTop}px`;
    root.classList.toggle("typing", view.height < screen.height * 0.7);
    closeMenu();
    if (end) thread.toEnd();
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  fit();
}
