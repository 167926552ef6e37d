/** The panel as visitors will see it, told by the page around it what is being typed there. Nothing is sent. */
import { words } from "../lib/words.js";
import { Head } from "./head.js";
import { icon } from "../lib/dom.js";
import { paint } from "./paint.js";
import { fetched, greeting } from "./thread.js";
import { times } from "./times.js";

const root = document.getElementById("chat");
const { lang } = document.documentElement;
const t = await words("chat", lang);
const nothing = () => {};
const drawer = { getItem: () => null, setItem: nothing, removeItem: nothing };
const chat = { channel: null, conversation: null, core: { state: "ready" }, visit: { items: drawer, key: String, call: () => Promise.reject(new Error()) } };
const act = { entries: () => chat.channel.entries, enter: (entry) => act.fill(entry.form && entry), fill, grown: nothing };
const page = { chat, t, times: times(lang, t), act };
const head = new Head(page);
let filling = null;
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
  chat.channel = { name: name || undefined, greeting: text, entries: entries.map(asked), hours: { open } };
  document.getElementById("privacy").hidden = !typing;
  head.render();
  thread.replaceChildren(greeting(page));
  fill(filling && chat.channel.entries.find((entry) => entry.id === filling.id && entry.form));
  root.classList.add("ready");
});

/** A question as it is being written. */
function asked({ text, form }, i) {
  return { id: String(i), text: String(text), form: form?.length ? form : null };
}

/** The form of a question that was pressed, below the others; and none where it has none. */
function fill(entry) {
  filling = entry;
  thread.querySelector(".vc-leave")?.parentElement.remove();
  if (entry) thread.append(fetched(page, () => import("./form.js"), ({ form }) => form(entry, page)));
}
parent.postMessage({ xiaoer: "preview" }, location.origin); // ready to hear
