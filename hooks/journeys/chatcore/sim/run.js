/**
 * The simulated network: a visitor with two tabs on one storage and two of the staff write, lose
 * the network, reload and wait, for two minutes of virtual time; then the network is good and all
 * must agree.
 *
 *   const report = await run(seed, { Core, Timeline });
 *   report.faults   what is wrong, in words; empty is good
 */
import { Client } from "./client.js";
import { Network } from "./network.js";
import { Server } from "./server.js";
import { chance, Clock } from "./world.js";

const CHAOS = 120000;
const CALM = 180000; // longer than any pause, timeout and retry together

export async function run(seed, { Core, Timeline }) {
  const world = make(seed);
  const clients = people(world, { Core, Timeline });
  for (const client of clients) live(world, client);
  await world.clock.run(CHAOS);
  world.server.calm = world.network.calm = true;
  await world.clock.run(CALM);
  const faults = await judge(world, clients);
  const { timeline, counts } = world.server;
  const total = (field) => clients.reduce((sum, client) => sum + client[field], 0);
  world.clock.close();
  return { seed, faults, messages: timeline.length, reloads: total("reloads"), ...counts, ...world.network.counts };
}

function make(seed) {
  const clock = new Clock();
  const luck = chance(seed);
  const server = new Server(clock, luck);
  return { clock, luck, server, network: new Network(clock, luck, server), ids: 0 };
}

function people(world, parts) {
  const visitor = disk(world);
  return [
    ["visitor", "visitor-1", visitor],
    ["visitor", "visitor-2", visitor],
    ["staff-a", "staff-a", disk(world)],
    ["staff-b", "staff-b", disk(world)],
  ].map(
    ([sender, name, store]) =>
      new Client({
        ...parts,
        name,
        sender,
        disk: store,
        store: (life) => store.seenBy(life),
        env: (life) => surroundings(world, life),
        connect: () => ({ url: "sim", hello: () => ({ token: sender }), load: () => list(world, sender) }),
        newID: () => `${name}-${++world.ids}`,
      }),
  );
}

function surroundings({ clock, luck, network }, life) {
  return {
    now: () => clock.now,
    random: luck,
    timer: (ms, act) => clock.at(ms, life.guard(act)),
    open: (url, { opened, said, closed }) =>
      network.connect({ opened: life.guard(opened), said: life.guard(said), closed: life.guard(closed) }),
    report(error) {
      throw error;
    },
  };
}

/** The HTTP list: read at one moment, heard of later, or not at all. */
function list({ clock, luck, network, server }, sender) {
  return new Promise((resolve, reject) => {
    const failing = server.restarting || (!network.calm && luck.under(0.15));
    clock.at(network.latency(), () => {
      const page = server.list(sender);
      clock.at(network.latency(), () => (failing ? reject(new Error("offline")) : resolve(page)));
    });
  });
}

/** A storage with a little latency. A page that ends before a write is done may find it done or not. */
function disk({ clock, luck }) {
  const rows = new Map();
  const touch = (life, act) => new Promise((resolve) => clock.at(luck.between(0, 20), () => resolve(life.lives || luck.under(0.5) ? act() : undefined)));
  return {
    rows,
    seenBy: (life) => ({
      put: (entry) => life.or(touch(life, () => rows.set(entry.id, JSON.stringify(entry)))),
      remove: (id) => life.or(touch(life, () => rows.delete(id))),
      all: () => life.or(touch(life, () => [...rows.values()].map((row) => JSON.parse(row)))),
    }),
  };
}

/** What a person does, drawn once: writing in bursts, reloading, looking away and back. */
function live({ clock, luck }, client) {
  const end = luck.between(20, 50);
  let at = 0;
  for (let n = 1; n <= end; n++) {
    at += luck.under(0.5) ? luck.between(1, 200) : luck.between(200, 5000);
    if (at > CHAOS) break;
    const bad = luck.under(0.02) ? "!" : "";
    const kind = client.sender !== "visitor" && luck.under(0.2) ? "note" : "text";
    clock.at(at, () => client.send(`${bad}${client.name} ${String(n).padStart(3, "0")}`, { kind }));
    if (luck.under(0.08)) clock.at(at + luck.between(0, 100), () => client.reload());
    if (luck.under(0.08)) clock.at(at + luck.between(0, 3000), () => client.core.wake());
    if (luck.under(0.04)) clock.at(at + luck.between(0, 3000), () => client.core.sleep());
  }
}

async function judge(world, clients) {
  const faults = [];
  const stored = world.server.timeline.map((message) => message.text);
  const keys = new Set(world.server.timeline.map((message) => `${message.sender} ${message.client_id}`));
  if (keys.size !== stored.length || new Set(stored).size !== stored.length) faults.push("something is stored twice");
  for (const client of clients) faults.push(...(await judgeClient(world, client, stored)).map((fault) => `${client.name}: ${fault}`));
  return faults;
}

async function judgeClient({ server }, client, stored) {
  const faults = [];
  const lost = client.promised.filter((text) => !stored.includes(text) && !client.refused.has(text) && !text.startsWith("!"));
  if (lost.length) faults.push(`lost ${lost}`);
  const own = stored.filter((text) => text.startsWith(`${client.name} `));
  if (own.join() !== [...own].sort().join()) faults.push(`its words changed order: ${own}`);
  const left = client.core.outbox.map((entry) => entry.fields.text).concat([...client.disk.rows.keys()]);
  if (left.length) faults.push(`its outbox still holds ${left}`);
  if (client.core.state !== "ready") faults.push(`it is ${client.core.state} (${client.core.reason})`);
  const truth = server.visible(client.sender);
  const shown = client.timeline.messages;
  const expected = truth.slice(truth.length - shown.length);
  if (shown.length < Math.min(50, truth.length) || shown.some((message, i) => message.id !== expected[i].id)) {
    const known = new Set(shown.map((message) => message.id));
    const first = truth.findIndex((message) => message.id === shown[0]?.id);
    const missing = truth.slice(first).filter((message) => !known.has(message.id));
    faults.push(`it shows ${shown.length} that differ from the server's; missing: ${missing.map((message) => message.text)}`);
  }
  return faults;
}
