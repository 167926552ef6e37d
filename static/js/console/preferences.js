// How a person likes their console, kept with them on the server. What was chosen
// shows at once, and is taken back where the server refuses it.
import { put } from "./api.js";
import * as store from "./store.js";
import { t } from "./words.js";

// pref is what was chosen; who reads it while drawing is drawn again when it changes.
export const pref = (name) => store.you.value?.preferences[name];

function show(change) {
  const d = store.desk.peek();
  store.desk.value = { ...d, you: { ...d.you, preferences: { ...d.you.preferences, ...change } } };
}

// setPref tells whether it was kept.
export async function setPref(name, value) {
  const before = store.you.peek().preferences[name];
  show({ [name]: value });
  try {
    await put("desk/preferences", { [name]: value });
    return true;
  } catch (e) {
    if (store.you.peek().preferences[name] === value) show({ [name]: before });
    store.toast(e.status ? e.message : t("not_connected"), "bad");
    return false;
  }
}

// moveIn takes over what this browser kept before the server did.
export function moveIn() {
  const old = "xiaoer.muted";
  if (localStorage.getItem(old) === "1") setPref("muted", true);
  localStorage.removeItem(old);
}
