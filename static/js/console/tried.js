// What is asked of the server and may be refused.
import * as store from "./store.js";
import { t } from "./words.js";

// tried tells of what is refused, and answers whether it was not.
export async function tried(promise) {
  try {
    await promise;
    return true;
  } catch (e) {
    store.toast(e.message || t("not_done"), "bad");
    return false;
  }
}

// shown changes a conversation at once, and back where that is refused.
export async function shown(c, change, promise) {
  const before = Object.fromEntries(Object.keys(change).map((key) => [key, c[key]]));
  store.patchConversation(c.id, change);
  if (!(await tried(promise))) store.patchConversation(c.id, before);
}
