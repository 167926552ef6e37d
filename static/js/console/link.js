// The live connection: the chat core with the console's ears. Frames go into
// the store and the threads; what the agent says and does goes out here.
import { signal } from "../vendor/preact-11.2.0.js";
import { Core } from "../lib/core.js";
import { browser, liveURL } from "../lib/browser.js";
import { openOutbox } from "../lib/outbox.js";
import { onLeft } from "./api.js";
import * as alerts from "./alerts.js";
import * as loading from "./loading.js";
import * as mentions from "./mentions.js";
import * as reminders from "./reminders.js";
import * as store from "./store.js";
import * as threads from "./threads.js";
import { lang, t } from "./words.js";

let core;

// outbox is what has not been answered yet, as entries that a thread can show.
export const outbox = signal([]);

export async function start() {
  core = new Core({ url: liveURL, hello: () => ({ lang }), load, store: await openOutbox("desk:" + store.you.value.id), env: browser() });
  for (const [event, hear] of Object.entries(ears)) core.on(event, hear);
  onLeft(() => core.stop("signed_out"));
  await core.start();
}

// load reads afresh what the page shows, whenever the stream has no beginning.
async function load() {
  try {
    const { cursor, apply } = await loading.loadAll();
    return {
      cursor,
      apply() {
        apply();
        threads.reset();
        const open = store.current.peek();
        if (open) threads.open(open.id, open.contact.id);
      },
    };
  } catch (e) {
    if (e.status === 401) throw Object.assign(e, { stop: "signed_out" });
    throw e;
  }
}

const ears = {
  state() {
    store.setClock(core.time());
    store.link.value = { state: core.state, reason: core.reason, stopped: core.stopped, since: Date.now() };
  },
  ready({ you }) {
    store.setClock(core.time());
    if (you?.presence) store.presence({ staff: you.id, status: you.presence }); // it counts from the connection on
    loading.refresh().then(look);
    reminders.load();
  },
  pong: () => store.setClock(core.time()),
  outbox: show,
  ack(message, entry) {
    threads.acked(message);
    const url = pictures.get(entry?.id)?.url;
    if (url) setTimeout(() => URL.revokeObjectURL(url), 10_000); // the server's own is on the screen by then
    pictures.delete(entry?.id);
  },
  message(message, again) {
    threads.arrived(message);
    if (message.from?.kind === "visitor") store.setIn(store.typing, message.conversation, undefined);
    if (again) return;
    mentions.heard(message); // also what was missed
    alerts.message(message);
  },
  conversation({ conversation }) {
    const before = store.conversations.peek().get(conversation.id);
    store.upsert(conversation);
    alerts.conversation(conversation, before);
    reminders.changed(conversation, before);
  },
  typing({ conversation, from, on, text }) {
    const who = from?.kind === "visitor" ? store.typing : store.writers;
    const key = from?.kind + conversation;
    clearTimeout(fades.get(key));
    store.setIn(who, conversation, on ? { text: text ?? "", ...from } : undefined);
    if (on) fades.set(key, setTimeout(() => store.setIn(who, conversation, undefined), 6000)); // protocol: it expires
  },
  read({ conversation, from, cursor }) {
    if (from?.kind === "visitor") store.patchConversation(conversation, { read_visitor: cursor });
  },
  viewing({ conversation, from, on }) {
    const who = new Set(store.viewers.peek().get(conversation));
    if (on) who.add(from.id);
    else who.delete(from.id);
    store.setIn(store.viewers, conversation, who);
  },
  presence(frame) {
    if (frame.gone || store.isStaff(frame.staff)) store.presence(frame);
    else loading.refresh(); // somebody new
  },
  notice(frame) {
    if (frame.code === "rights") loading.refresh().then(look);
    alerts.notice(frame);
  },
};

// look reads afresh what the page shows where rights have changed, here or while
// there was no line.
const look = (changed) => { if (changed) core.afresh(); };

const fades = new Map();

const uploads = signal(new Map()); // id → entry; a file on its way has no place in the outbox yet
const hopeless = new Set(["closed", "too_long", "not_found", "forbidden", "file_gone", "invalid"]);

function show() {
  const { id, name, avatar } = store.you.peek();
  const from = { kind: "staff", id, name, avatar };
  const waiting = core.outbox.filter((x) => x.type === "send").map((x) => ({
    ...x.fields, id: x.id, from, contact: x.fields.contact ?? contactOf(x.fields.conversation), time: new Date(x.order).toISOString(),
    file: pictures.get(x.id) ?? { id: x.fields.file, name: "" },
    state: x.failed ? "failed" : "pending", problem: x.failed?.text, final: hopeless.has(x.failed?.code),
  }));
  outbox.value = [...uploads.peek().values()].map((x) => ({ ...x, from })).concat(waiting);
}

const contactOf = (conversation) => store.conversations.peek().get(conversation)?.contact?.id;
const pictures = new Map(); // outbox id → what to show until the server's own comes back

// post says something; it is kept until the server has it.
export async function post(fields, shownFile) {
  const id = shownFile?.key;
  if (id) pictures.set(id, shownFile);
  await core.send(fields, id ? { id } : undefined);
}

// uploading shows a file that is on its way; without entry it is gone.
export function uploading(id, entry) {
  store.setIn(uploads, id, entry);
  show();
}

export const retry = (id) => (uploads.peek().has(id) ? uploads.peek().get(id).again() : core.again(id));
export function discard(id) {
  if (uploads.peek().has(id)) uploads.peek().get(id).cancel();
  else core.discard(id);
}

// connected waits a moment for the line, which tries at once: somebody is there.
const connected = () => core?.state === "ready" || new Promise((done) => {
  core?.wake();
  const end = (there) => { clearTimeout(timer); off(); done(there); };
  const timer = setTimeout(end, 3000, false);
  const off = store.link.subscribe(({ state }) => { if (state === "ready") Promise.resolve(true).then(end); });
});

// act does something to a conversation, now or not at all: what an agent meant
// a minute ago should not happen by surprise.
export async function act(type, fields) {
  if (!(await connected())) throw new Error(t("not_connected"));
  const { answer } = await core.command(type, fields, { volatile: true });
  const { message, refused } = await answer;
  if (refused) throw Object.assign(new Error(refused.text || t("not_done")), { code: refused.code });
  threads.acked(message);
  return message;
}

// tell says what nobody answers. The thread on the screen is told again after a
// reconnection.
export const tell = (type, fields) => core?.tell(type, fields, type === "viewing" ? { keep: "viewing" } : undefined) ?? false;

export const reconnect = () => core?.start();
export const stop = () => core?.stop();
