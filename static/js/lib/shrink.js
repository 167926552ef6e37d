/**
 * Makes a picture small enough to travel: at most 1920 px, WebP or JPEG at .85, upright. Drawing it anew also leaves
 * behind where and with what it was taken. GIFs stay as they are, since only their first frame would survive.
 *
 *   const { blob, name, width, height } = await shrink(file)   // throws for what is not a picture
 */
const LONGEST = 1920;
const QUALITY = 0.85;

export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const keep = { blob: file, name: file.name || "image", width: picture.width, height: picture.height };
  if (file.type === "image/gif") return keep;
  const blob = await encoded(picture, width, height);
  picture.close();
  const same = scale === 1 && file.type !== "image/jpeg"; // only photographs carry what must not travel
  if (!blob || (same && blob.size >= file.size)) return keep;
  return { blob, name: renamed(file.name, blob.type), width, height };
}

async function encoded(picture, width, height) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, width, height);
  const webp = await drawn(canvas, "image/webp");
  if (webp?.type === "image/webp") return webp;
  context.globalCompositeOperation = "destination-over"; // Safari encodes no WebP, and JPEG knows no transparency
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  return drawn(canvas, "image/jpeg");
}

function drawn(canvas, type) {
  return new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
}

function renamed(name, type) {
  return `${(name || "image").replace(/\.\w{1,5}$/, "")}.${type === "image/webp" ? "webp" : "jpg"}`;
}
