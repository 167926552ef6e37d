// Pictures and files on their way: taken from a paste, a drop or a choice, shown
// in the tray first, shrunk here, and sent when the agent says so. From then on
// they are kept in this browser until the server has them, so that a reload goes
// on with them.
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
  for (const file of files) {
    const picture = isPicture(file);
    if (!picture && file.size > most) {
      store.toast(t("too_large", { Name: file.name, Most: bytes(most) }), "bad");
      continue;
    }
    const plain = { blob: file, name: file.name };
    const item = { key: newID(), ...plain, picture, url: picture ? URL.createObjectURL(file) : "", ready: picture ? shrink(file).catch(() => plain) : plain };
    store.setIn(trays, conversation, [...(trays.peek().get(conversation) ?? []), item]);
  }
}

export function drop(conversation, key) {
  const rest = (trays.peek().get(conversation) ?? []).filter((x) => x.key !== key);
  const gone = trays.peek().get(conversation)?.find((x) => x.key === key);
  if (gone?.url) URL.revokeObjectURL(gone.url);
  store.setIn(trays, conversation, rest.length ? rest : undefined);
}

// sendTray uploads what is in the tray, each shown in the thread at once.
export function sendTray(conversation) {
  const items = trays.peek().get(conversation) ?? [];
  store.setIn(trays, conversation, undefined);
  const contact = store.conversations.peek().get(conversation)?.contact?.id;
  for (const item of items) send({ ...item, conversation, contact, time: new Date(store.serverNow()).toISOString() });
}

let kept = null; // what the uploads are kept in

// restore goes on with what an earlier page has begun to send, and tries again
// whenever the line is back.
export async function restore() {
  kept = await openUploads("desk:" + store.you.peek().id);
  const list = await kept.all().catch(() => []);
  for (const { id, blob, name, width, height, ...about } of list.sort((a, b) => (a.time < b.time ? -1 : 1))) {
    if (!(blob instanceof Blob)) continue;
    send({ ...about, key: id, blob, name, url: about.picture ? URL.createObjectURL(blob) : "", ready: { blob, name, width, height } });
  }
  effect(() => { if (store.link.value.state === "ready") for (const again of broken.values()) again(); });
}

const broken = new Map(); // id → tries again; for want of a network alone

const forget = (key) => kept?.remove(key).catch(() => {});

async function send(item) {
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
