// The letter that stands for somebody without a picture.

// lastLetter tells people of one shop apart: of a Chinese nickname the last
// letter (小满, 小豆: the first is often the same), of others the first.
export function lastLetter(name = "") {
  const letters = [...name.replace(/[\s·-]/g, "")];
  const last = letters[letters.length - 1] ?? "?";
  return /\p{Script=Han}/u.test(last) ? last : (letters[0] ?? "?").toUpperCase();
}
