// Copying what a message holds: its text, or its picture as a PNG, which is what
// clipboards take.
import { copy } from "../lib/copy.js";
import * as store from "./store.js";
import { t } from "./words.js";

export const copyText = (text) => copy(text).then(() => store.toast(t("copied")));

async function png(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(String(answer.status));
  const picture = await createImageBitmap(await answer.blob());
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

export async function copyPicture(url) {
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png(url) })]); // the promise itself: Safari wants it within the click
    store.toast(t("copied"));
  } catch {
    store.toast(t("picture_not_copied"), "bad");
  }
}
