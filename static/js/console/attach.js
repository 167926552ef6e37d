// Pictures and files on their way: taken from a paste, a drop or a choice, shown
// in the tray first, shrunk here, and sent when the agent says so. They are kept in
// this browser until the server has them, so that a reload goes on with them.
import { effect } from "../vendor/preact-11.2.0.js";
import { newID } from "../lib/id.js";
import { openUploads } from "../lib/outbox.js";
import { shrink } from "../lib/shrink.js";
import { upload } from "../lib/upload.js";
import { signIn } from "./api.js";
import { trays } from "./composing.js";
import { post, uploading } from "./link.js";
import * as store from "./store.js";
import { bytes, t } from "./words.js";

const most = 10 << 20; // what the server takes

const isPicture = (file) => /^image\/(png|jpeg|webp|gif)$/.test(file.type);

// add puts files into the conversation's tray. Pictures are made small meanwhile.
export function add(conversation, files) {
  for (const [i, file] of files.entries()) {
    const picture = isPicture(file);
    if (!picture && file.size > most) {
      store.toast(t("too_large", { Name: file.name, Most: bytes(most) }), "bad");
      continue;
    }
    const plain = { blob: file, name: file.name };
    const item = { key: newID(), ...plain, picture, time: new Date(Date.now() + i).toISOString(), url: picture ? URL.createObjectURL(file) : "", ready: picture ? shrink(file).catch(() => plain) : plain };
    show(conversation, item);
    keep(conversation, item);
  }
}

const tray = (conversation) => trays.peek().get(conversation) ?? [];
const show = (conversation, item) => store.setIn(trays, conversation, [...tray(conversation), item]);

// keep has a file that was chosen outlive the page.
async function keep(conversation, { key, picture, time, ready }) {
  const { blob, name, width, height } = await ready;
  if (!tray(conversation).some((x) => x.key === key)) return; // it has been sent or dropped
  await kept?.put({ id: key, conversation, picture, chosen: true, time, blob, name, width, height }).catch(() => {});
}

export function drop(conversation, key) {
  const rest = tray(conversation).filter((x) => x.key !== key);
  const gone = tray(conversation).find((x) => x.key === key);
  if (gone?.url) URL.revokeObjectURL(gone.url);
  forget(key);
  store.setIn(trays, conversation, rest.length ? rest : undefined);
}

// sendTray uploads what is in the tray, each shown in the thread at once.
export function sendTray(conversation) {
  const items = tray(conversation);
  store.setIn(trays, conversation, undefined);
  const contact = store.conversations.peek().get(conversation)?.contact?.id;
  for (const item of items) send({ ...item, conversation, contact, time: new Date(store.serverNow()).toISOString() });
}

let kept = null; // what the uploads are kept in

const stale = 7 * 24 * 3600_000; // what was chosen so long ago is not sent any more

// restore goes on with what an earlier page has begun to send, shows what was
// chosen there, and tries again whenever the line is back.
export async function restore() {
  kept = await openUploads("desk:" + store.you.peek().id);
  const list = await kept.all().catch(() => []);
  for (const { id, blob, name, width, height, chosen, ...about } of list.sort((a, b) => (a.time < b.time ? -1 : 1))) {
    if (!(blob instanceof Blob)) continue;
    const item = { ...about, key: id, blob, name, url: about.picture ? URL.createObjectURL(blob) : "", ready: { blob, name, width, height } };
    if (!chosen) send(item);
    else if (Date.now() - Date.parse(about.time) > stale) forget(id);
    else show(about.conversation, item);
  }
  addEventListener("beforeunload", (e) => { if (trays.peek().size && !kept.lasts) e.preventDefault(); });
  effect(() => { if (store.link.value.state === "ready") for (const again of broken.values()) again(); });
}

// forgetChosen leaves nothing that was chosen for the next person at this machine;
// what was sent still leaves, once its sender is back.
export async function forgetChosen() {
  for (const [conversation, items] of trays.peek()) for (const { key } of items) drop(conversation, key);
  const list = (await kept?.all().catch(() => [])) ?? [];
  await Promise.all(list.filter((x) => x.chosen).map((x) => forget(x.id)));
}

const broken = new Map(); // id → tries again; for want of a network alone

const forget = (key) => kept?.remove(key).catch(() => {});

const last = new Map(); // conversation → the end of what was sent last there

// send uploads beside others, and says so after those that were sent before.
function send(item) {
  const before = last.get(item.conversation);
  last.set(item.conversation, carry(item, before));
}

async function carry(item, before) {
  const { key, url, picture, conversation, contact, time } = item;
  let stop = () => {};
  let cancelled = false;
  const shown = {
    id: key, conversation, contact, kind: picture ? "image" : "file", file: { key, url, name: item.name, size: item.blob.size }, time,
    again: () => send(item),
    cancel() { cancelled = true; broken.delete(key); stop(); forget(key); uploading(key, undefined); },
  };
  const progress = (share) => cancelled || uploading(key, { ...shown, state: "pending", progress: share });
  broken.delete(key);
  progress(0);
  const { blob, name, width, height } = await item.ready;
  if (cancelled) return;
  Object.assign(shown.file, { name, size: blob.size, width, height });
  await kept?.put({ id: key, conversation, contact, picture, time, blob, name, width, height }).catch(() => {}); // then it lives as long as the page
  if (cancelled) return forget(key);
  const sending = upload({ url: "/api/xiaoer/files", fields: { id: key, conversation }, blob, name, progress });
  stop = sending.cancel;
  try {
    const stored = await sending.done;
    await before;
    if (cancelled) return;
    await post({ conversation, kind: shown.kind, file: stored.id }, shown.file);
    forget(key);
    uploading(key, undefined);
  } catch (e) {
    if (e.code === "cancelled") return;
    if (e.status === 401) signIn();
    if (e.retry) broken.set(key, shown.again);
    uploading(key, { ...shown, state: "failed", problem: e.text || t("upload_failed"), final: e.status >= 400 && !e.retry });
  }
}
