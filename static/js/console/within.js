// The bar over a thread: what is searched for in all that was said with this
// customer, one place after the other, and a day to go to.
import { html, useEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { words } from "../lib/words.js";
import { Icon, IconButton } from "./parts.js";
import { get } from "./api.js";
import { toEntry } from "./jump.js";
import { closeThread, within } from "./searching.js";
import { seek, unseek } from "./sought.js";
import * as composing from "./composing.js";
import * as store from "./store.js";
import * as threads from "./threads.js";
import { lang, t } from "./words.js";

const say = await words("search", lang);

const rest = 250; // ms after a key, before it is asked

const dayOf = (ms) => { const d = new Date(ms); return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`; };

export function Within({ c }) {
  const field = useRef();
  const date = useRef();
  const timer = useRef();
  const turn = useRef(0);
  const [typed, setTyped] = useState("");
  const [places, setPlaces] = useState(null); // {ids, more}, the newest first; null before anything was asked
  const [at, setAt] = useState(0);

  useEffect(() => {
    if (!within.value.date) return field.current.focus();
    date.current.focus();
    try { date.current.showPicker?.(); } catch { /* it asks for a click of one's own */ }
    return undefined;
  }, [within.value]);
  useEffect(() => () => { clearTimeout(timer.current); unseek(); }, []);

  const go = (list, i) => { setAt(i); if (list.ids[i]) toEntry(c.id, list.ids[i]); };
  const step = (by) => { const n = places?.ids.length; if (n) go(places, (at + by + n) % n); };
  const search = async () => {
    clearTimeout(timer.current);
    const word = field.current.value.trim();
    if (word === typed && places) return;
    setTyped(word);
    const mine = ++turn.current;
    if (!word) { unseek(); return setPlaces(null); }
    try {
      const { hits, next } = await get(`search?${new URLSearchParams({ q: word, conversation: c.id })}`);
      if (mine !== turn.current) return;
      const list = { ids: hits.map((h) => h.id), more: !!next };
      seek(c.contact.id, hits.map((h) => h.snippet));
      setPlaces(list);
      go(list, 0);
    } catch (e) {
      if (mine === turn.current) store.toast(e.message || t("not_connected"), "bad");
    }
  };
  const soon = (e) => { if (!e.isComposing) { clearTimeout(timer.current); timer.current = setTimeout(search, rest); } };
  const leave = () => { closeThread(); composing.ready(); };
  const keys = (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    if (e.key === "Escape") leave();
    else if (e.key === "Enter" && field.current.value.trim() !== typed) search();
    else if (e.key === "Enter" || e.key === "ArrowUp" || e.key === "ArrowDown") step(e.key === "ArrowDown" || (e.key === "Enter" && e.shiftKey) ? -1 : 1);
    else return;
    e.preventDefault();
  };
  // The first entry of the day, by this person's clock, or the next one there is.
  const toDay = async () => {
    const day = new Date(`${date.current.value}T00:00`);
    if (Number.isNaN(day.getTime())) return;
    try {
      toEntry(c.id, await threads.around(c.id, c.contact.id, "since", day.toISOString()));
    } catch (e) {
      store.toast(e.message || t("not_connected"));
    }
  };
  const n = places?.ids.length ?? 0;
  return html`<div class="wthn" role="search" aria-label=${say("within")}>
    <div class="field"><${Icon} name="search" /><input ref=${field} type="search" aria-label=${say("within")} placeholder=${say("within")} autocomplete="off" spellcheck="false" maxlength="100" onInput=${soon} onCompositionEnd=${soon} onKeyDown=${keys} />
      <span class="wthn-n num" role="status">${places && typed ? (n ? say("of", { At: at + 1, Of: `${n}${places.more ? "+" : ""}` }) : say("none_here")) : ""}</span></div>
    <${IconButton} icon="chevron-up" label=${say("before")} hint="Enter" disabled=${n < 1} onClick=${() => step(1)} />
    <${IconButton} icon="chevron-down" label=${say("after")} hint="⇧Enter" disabled=${n < 1} onClick=${() => step(-1)} />
    <label class="wthn-d" title=${say("to_day")}><${Icon} name="calendar-search" /><span class="sr">${say("to_day")}</span><input ref=${date} type="date" max=${dayOf(store.serverNow())} onChange=${toDay} onKeyDown=${(e) => { if (e.key === "Escape") leave(); }} /></label>
    <${IconButton} icon="x" label=${t("close_dialog")} hint="Esc" onClick=${leave} />
  </div>`;
}
