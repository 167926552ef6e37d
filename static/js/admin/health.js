// What only a browser can find out about the desk's health: whether the socket
// gets through to it and answers come back, whether both call the desk by the
// same address, and whether the clocks agree.

import { words } from "../lib/words.js";

const t = await words("health");
const page = document.querySelector("#health");
const verdict = document.querySelector("#verdict");
const given = page.dataset;
const waitAtMost = 8000;
const found = {}; // tone by check

const drift = clock();
show("address", ...address());
show("clock", ...drift);
document.querySelector("[data-test=socket]").addEventListener("click", socket);
await socket();

function show(key, tone, say, todo = "", value = "") {
  const row = document.querySelector(`#check-${key}`);
  row.querySelector(".ad-ic").className = `ad-ic ${tone}`;
  row.querySelector("[data-say]").textContent = say;
  row.querySelector(".hl-value").textContent = value;
  const word = row.querySelector(".hl-tone");
  word.className = `hl-tone ${tone === "g" ? "sr" : `tag ${tone}`}`;
  word.textContent = t(`tone_${tone}`);
  const line = row.querySelector("[data-do]");
  line.textContent = todo;
  line.hidden = !todo;
  row.dataset.tone = tone;
  found[key] = tone;
  judge();
}

function judge() {
  const tones = Object.values(found);
  if (tones.length < 3) return;
  const problems = Number(given.problems) + tones.filter((tone) => tone !== "g").length;
  verdict.querySelector("b").textContent = problems ? t("problems", { Count: problems }) : t("well");
  const failing = "failing" in given || tones.includes("r");
  verdict.querySelector(".ad-ic").className = `ad-ic ${failing ? "r" : problems ? "y" : "g"}`;
  verdict.querySelector("use").setAttribute("href", verdict.querySelector("use").getAttribute("href").replace(/#.*/, problems ? "#alert-triangle" : "#heartbeat"));
}

// The socket: opened as a customer's is, it greets with no token, which the desk
// answers by hanging up with 4401. So a frame has gone there and one has come.
async function socket() {
  const button = document.querySelector("[data-test=socket]");
  button.disabled = true;
  const began = performance.now();
  const end = await probe();
  button.disabled = false;
  const took = `${Math.round(performance.now() - began)} ms`;
  document.querySelector("#write").open = end !== "ok";
  if (end === "ok") show("socket", "g", t("socket_ok"), "", took);
  else show("socket", "r", t(`socket_${end}`), t(`socket_${end}_do`));
}

function probe() {
  return new Promise((resolve) => {
    const line = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`, "xiaoer.v1");
    let open = false;
    const late = setTimeout(() => {
      resolve(open ? "silent" : "closed");
      line.close();
    }, waitAtMost);
    line.onopen = () => {
      open = true;
      line.send('{"type":"hello","token":"-"}');
    };
    line.onclose = ({ code }) => {
      clearTimeout(late);
      resolve(code === 4401 ? "ok" : open ? "cut" : "closed");
    };
  });
}

function address() {
  if (given.proxy) return ["y", t("address_proxy"), t("address_proxy_do", { Network: given.proxy })];
  if (location.origin !== given.origin) return ["r", t("address_differs", { Seen: given.origin, Here: location.origin }), t("address_differs_do")];
  if (given.public && given.public !== location.origin) return ["y", t("address_other", { Public: given.public }), t("address_other_do", { Public: given.public })];
  if (!given.public && !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)) return ["y", t("address_unknown"), t("address_unknown_do", { Here: location.origin })];
  if (location.protocol !== "https:" && given.public) return ["y", t("address_plain"), t("address_plain_do")];
  return ["g", given.public ? t("address_ok") : t("address_local"), "", location.host];
}

// The clock: the server's when it wrote the page against ours when the page came.
function clock() {
  const [way] = performance.getEntriesByType("navigation");
  const came = performance.timeOrigin + (way?.responseStart || 0);
  const off = Math.round((came - Number(given.now)) / 1000);
  if (Math.abs(off) <= 5) return ["g", t("clock_ok")];
  return [Math.abs(off) > 60 ? "r" : "y", t("clock_off", { Seconds: Math.abs(off) }), t("clock_do")];
}
