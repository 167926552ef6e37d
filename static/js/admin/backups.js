// A backup is put back from a file: sent as it is, with how far it has come.

import { words } from "../lib/words.js";
import { ask } from "./ask.js";

const t = await words("backup");
const card = document.querySelector("[data-restore]"); // who may not restore has none
const input = card?.querySelector("input");
const line = card?.querySelector("[role=status]");
const bar = line?.querySelector("progress");
const said = line?.querySelector("span");

input?.addEventListener("change", async () => {
  const [file] = input.files;
  if (file && (await ask(card))) send(file);
  input.value = "";
});

function send(file) {
  const request = new XMLHttpRequest();
  line.hidden = bar.hidden = false;
  line.classList.remove("bk-bad");
  said.textContent = t("sending");
  request.upload.onprogress = (event) => {
    bar.max = event.total;
    bar.value = event.loaded;
    if (event.loaded === event.total) said.textContent = t("checking");
  };
  const ended = () => {
    said.textContent = messageOf(request) ?? t("no_answer");
    bar.hidden = true;
    if (request.status === 202) back();
    else line.classList.add("bk-bad");
  };
  request.onload = request.onerror = ended;
  request.open("POST", "/admin/backups/upload");
  request.setRequestHeader("Content-Type", "application/zip");
  request.send(file);
}

function messageOf(request) {
  try {
    return JSON.parse(request.responseText).message;
  } catch {
    return new DOMParser().parseFromString(request.responseText, "text/html").querySelector("h1")?.textContent;
  }
}

// back waits until the desk is there again, which has other sign-ins than this
// one then.
function back() {
  setTimeout(async () => {
    const there = await fetch("/readyz").then((answer) => answer.ok, () => false);
    if (there) location.assign("/admin/backups");
    else back();
  }, 1500);
}
