// Pictures and files on their way: taken from a paste, a drop or a choice, shown
// in the tray first, shrunk here, and sent when the agent says so.
import { newID } from "../lib/id.js";
import { upload } from "./api.js";
import { trays } from "./composing.js";
import { post, uploading } from "./link.js";
import * as store from "./store.js";
import { bytes, t } from "./words.js";

const most = 10 << 20; // what the server takes
const edge = 1920; // px: larger pictures are scaled down
const small = 400 << 10; // bytes: not worth squeezing

const isPicture = (file) => /^image\/(png|jpeg|webp|gif)$/.test(file.type);

// add puts files into the conversation's tray.
export async function add(conversation, files) {
  for (const file of files) {
    const ready = isPicture(file) ? await shrink(file) : { file };
    if (ready.file.size > most) {
      store.toast(t("too_large", { Name: file.name, Most: bytes(most) }), "bad");
      continue;
    }
    const item = { key: newID(), ...ready, picture: isPicture(ready.file), url: isPicture(ready.file) ? URL.createObjectURL(ready.file) : "" };
    store.setIn(trays, conversation, [...(trays.peek().get(conversation) ?? []), item]);
  }
}

export function drop(conversation, key) {
  const rest = (trays.peek().get(conversation) ?? []).filter((x) => x.key !== key);
  store.setIn(trays, conversation, rest.length ? rest : undefined);
}

// shrink scales a picture to at most 1920 px; a GIF might move and stays.
async function shrink(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return { file };
  }
  const { width, height } = bitmap;
  const scale = Math.min(1, edge / Math.max(width, height));
  if (file.type === "image/gif" || (scale === 1 && file.size < small)) return { file, width, height };
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const type = file.type === "image/png" ? "image/webp" : "image/jpeg"; // webp keeps what is transparent
  const blob = await new Promise((done) => canvas.toBlob(done, type, 0.85));
  if (!blob || (scale === 1 && blob.size >= file.size)) return { file, width, height };
  const name = file.name.replace(/\.\w+$/, "") + (blob.type === "image/webp" ? ".webp" : blob.type === "image/png" ? ".png" : ".jpg");
  return { file: new File([blob], name, { type: blob.type }), width: canvas.width, height: canvas.height };
}

// sendTray uploads what is in the tray, each shown in the thread at once.
export function sendTray(conversation) {
  const items = trays.peek().get(conversation) ?? [];
  store.setIn(trays, conversation, undefined);
  for (const item of items) send(conversation, item);
}

async function send(conversation, item) {
  const { key, file, url, width, height, picture } = item;
  const stop = new AbortController();
  const shown = {
    id: key, conversation, contact: store.conversations.peek().get(conversation)?.contact?.id, kind: picture ? "image" : "file",
    file: { key, url, name: file.name, size: file.size, width, height }, time: new Date(store.serverNow()).toISOString(),
    again: () => send(conversation, item),
    cancel() { stop.abort(); uploading(key, undefined); },
  };
  uploading(key, { ...shown, state: "pending", progress: 0 });
  const onProgress = (progress) => uploading(key, { ...shown, state: "pending", progress });
  try {
    const stored = await upload(file, { id: key, conversation, onProgress, signal: stop.signal });
    await post({ conversation, kind: shown.kind, file: stored.id }, shown.file);
    uploading(key, undefined);
  } catch (e) {
    if (e.name === "AbortError") return;
    uploading(key, { ...shown, state: "failed", problem: e.status ? e.message : t("upload_failed"), final: e.status === 413 || e.status === 415 });
  }
}
