// What a person chooses for themselves: theme and language; and leaving.
import { computed, signal } from "../vendor/preact-11.2.0.js";
import { put } from "./api.js";
import * as attach from "./attach.js";
import { stop, tell } from "./link.js";
import * as store from "./store.js";
import { lang, t } from "./words.js";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

export const isDark = signal(root.dataset.theme === "dark");
const picked = signal(null); // in this tab
export const theme = computed(() => picked.value ?? store.you.value.theme); // light, dark, or "" for the system's
export const other = lang === "en" ? { tag: "zh-CN", name: "简体中文" } : { tag: "en", name: "English" };

const keep = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };

export function setTheme(to) {
  keep("xiaoer_theme", to);
  picked.value = to;
  root.dataset.themeSet = to ? "fixed" : "";
  root.dataset.theme = to || (system.matches ? "dark" : "light");
  isDark.value = root.dataset.theme === "dark";
  put("desk/preferences", { theme: to }).catch(() => {}); // this browser remembers it anyway
}

export async function setLanguage(next) {
  keep("xiaoer_lang", next);
  await put("desk/preferences", { lang: next }).catch(() => {});
  location.reload();
}

export async function signOut() {
  tell("presence", { status: "offline" });
  stop(); // else the closing socket would ask for a new sign-in
  try {
    await fetch("/sign-out", { method: "POST", credentials: "same-origin", redirect: "manual" });
    await attach.forgetChosen();
    sessionStorage.clear();
    location.assign("/sign-in");
  } catch {
    store.toast(t("not_connected"), "bad");
  }
}
