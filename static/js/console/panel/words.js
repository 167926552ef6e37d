// The side panel's words. They come with it, not with the page.
import { words } from "../../lib/words.js";

let say = (key) => key;

export async function load() {
  say = await words("panel");
}

// p says key; args fill {{.Name}} places and args.Count chooses the plural.
export const p = (key, args) => say(key, args);
