/**
 * A visitor of the simulation in real time on a real server.
 *
 *   await live(seed, {url: "ws://…/ws", api: "http://…/api/xiaoer/visitor", token?, sends, over: ms, patience: ms}, parts)
 *   → {token, promised, shown, left, state}   texts that may not be lost, texts shown in order, what the outbox still holds
 *
 * Writing, reloading and returning are drawn from the seed; the network's misfortune is the
 * business of whatever listens at url (a cutting proxy). `api` should not go through it for
 * the first call, which makes the visitor when there is no token.
 */
import { Client } from "./client.js";
import { chance } from "./world.js";

export async function live(seed, { url, api, token, sends = 18, over = 4500, patience = 60000 }, parts) {
  const luck = chance(seed);
  const known = token ?? (await visit(api)).token;
  const rows = new Map();
  let ids = 0;
  const client = new Client({
    ...parts,
    name: `visitor-${seed}`,
    store: (life) => storage(rows, life),
    env: (life) => surroundings(life),
    connect: () => ({ url, hello: () => ({ token: known, lang: "en" }), load: () => visit(api, known) }),
    newID: () => `sim-${seed}-${++ids}-${Date.now().toString(36)}`,
  });
  await Promise.all(Array.from({ length: sends }, (_, n) => act(client, luck, { n, sends, over, seed })));
  await settled(() => rows.size === 0 && client.core.state === "ready", patience);
  return {
    token: known,
    promised: client.promised,
    shown: client.timeline.messages.filter((message) => message.from?.kind === "visitor").map((message) => message.text),
    left: [...rows.keys()],
    state: client.core.state,
  };
}

async function act(client, luck, { n, sends, over, seed }) {
  const at = Math.floor((n * over) / sends + luck() * 50);
  const reload = luck.under(0.1);
  await pause(at);
  await client.send(`seed ${seed} word ${String(n).padStart(3, "0")}`);
  if (reload) client.reload();
}

async function visit(api, token) {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(api, { method: "POST", headers, body: "{}" });
  if (!answer.ok) throw new Error(`visitor: ${answer.status}`);
  return answer.json();
}

function surroundings(life) {
  return {
    now: () => Date.now(),
    random: Math.random,
    timer(ms, act) {
      const id = setTimeout(life.guard(act), ms);
      return () => clearTimeout(id);
    },
    open(url, { opened, said, closed }) {
      const socket = new WebSocket(url, "xiaoer.v1");
      socket.onopen = life.guard(opened);
      socket.onmessage = life.guard((event) => said(event.data));
      socket.onclose = life.guard((event) => closed(event.code, event.reason));
      life.leaves.push(() => socket.close());
      return {
        send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
        close: () => socket.close(),
      };
    },
    report: (error) => console.warn(error),
  };
}

function storage(rows, life) {
  return {
    put: async (entry) => void (life.lives && rows.set(entry.id, JSON.stringify(entry))),
    remove: async (id) => void (life.lives && rows.delete(id)),
    all: async () => [...rows.values()].map((row) => JSON.parse(row)),
  };
}

const QUIET = 1500; // longer than a connection lives that is going to be cut

/** Waits until it has been done for a while. */
async function settled(done, ms) {
  const end = Date.now() + ms;
  for (let since = Date.now(); Date.now() < end && Date.now() - since < QUIET; await pause(50)) {
    if (!done()) since = Date.now();
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
