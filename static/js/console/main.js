// The console's beginning: words, the desk, drafts; then the page; then the line.
import { effect, html, render } from "../vendor/preact-11.2.0.js";
import { App } from "./app.js";
import { follow, openBoard } from "./area.js";
import { select } from "./select.js";
import { moveIn } from "./preferences.js";
import * as alerts from "./alerts.js";
import * as drafts from "./drafts.js";
import * as filters from "./filters.js";
import * as keys from "./keys.js";
import * as link from "./link.js";
import * as loading from "./loading.js";
import * as mentions from "./mentions.js";
import * as store from "./store.js";
import * as words from "./words.js";

const box = document.getElementById("desk");

async function start() {
  try {
    await Promise.all([words.load(), loading.loadDesk()]);
  } catch (e) {
    if (e.status === 401) return;
    setTimeout(start, 2000); // the server restarts, or the network is not there yet
    return;
  }
  drafts.load();
  box.replaceChildren();
  render(html`<${App} />`, box);
  alerts.watch(select);
  moveIn();
  keys.watch();
  mentions.watch();
  filters.watch();
  reopen();
  addEventListener("popstate", follow);
  fit();
  await link.start();
  await until(() => store.link.value.state === "ready");
  (window.requestIdleCallback ?? setTimeout)(rest);
}

// rest fetches what the first screen does not need and the next one does, and goes
// on with files that an earlier page had begun to send.
function rest() {
  Promise.all([import("./thread.js"), import("./attach.js")]).then(([, attach]) => attach.restore(), () => setTimeout(rest, 5000));
}

// until resolves when something has become true.
const until = (so) => new Promise((done) => {
  const stop = effect(() => so() && queueMicrotask(() => { stop(); done(); }));
});

// The address names the open conversation, or the board: a reload comes back to it.
async function reopen() {
  await until(() => store.link.value.state === "ready");
  const id = location.hash.slice(1);
  if (id === "board") openBoard();
  else if (id && !store.selected.peek()) select(id);
}

// fit keeps the panes above an iPhone's keyboard, which covers the page instead
// of shrinking it.
function fit() {
  const view = window.visualViewport;
  const set = () => {
    if (view.scale > 1.01) return; // pinched, not typed
    document.documentElement.style.setProperty("--kb", `${Math.max(0, Math.round(window.innerHeight - view.height - view.offsetTop))}px`);
  };
  view?.addEventListener("resize", set);
  view?.addEventListener("scroll", set);
}

start();
