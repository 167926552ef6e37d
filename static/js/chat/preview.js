/** The panel as visitors will see it, told by the page around it what is being typed there. Nothing is sent. */
import { words } from "../lib/words.js";
import { Head } from "./head.js";
import { icon } from "../lib/dom.js";
import { paint } from "./paint.js";
import { greeting } from "./thread.js";
import { times } from "./times.js";

const root = document.getElementById("chat");
const { lang } = document.documentElement;
const t = await words("chat", lang);
const nothing = () => {};
const chat = { channel: null, conversation: null, core: { state: "ready" } };
const page = { chat, t, times: times(lang, t), act: { entries: () => chat.channel.entries, enter: nothing } };
const head = new Head(page);
const thread = document.getElementById("thread");

document.getElementById("sound").replaceChildren(icon("volume"));
document.getElementById("close").hidden = false;
for (const control of document.querySelectorAll("button, textarea, input")) control.tabIndex = -1;

addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || source !== parent || data?.xiaoer !== "preview") return;
  const { name, greeting: text, colour, entries, theme, open, typing } = data;
  document.documentElement.dataset.theme = theme === "dark" ? "dark" : "light";
  document.documentElement.dataset.themeSet = "fixed";
  paint(colour);
  chat.channel = { name: name || undefined, greeting: text, entries: entries.map((one) => ({ text: String(one) })), hours: { open } };
  document.getElementById("privacy").hidden = !typing;
  head.render();
  thread.replaceChildren(greeting(page));
  root.classList.add("ready");
});
parent.postMessage({ xiaoer: "preview" }, location.origin); // ready to hear
