// A picture enlarged, up to five times: wheel, two fingers, buttons and + − 0 zoom,
// a drag moves it, the arrows go to the thread's next and last one, Esc closes.
import { html, useEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { IconButton } from "./parts.js";
import { get } from "./api.js";
import { copyPicture } from "./copying.js";
import * as store from "./store.js";
import * as threads from "./threads.js";
import { t } from "./words.js";

const most = 5;
const whole = { scale: 1, x: 0, y: 0 };

// around are the pictures of the open thread, in its order.
function around(shown) {
  const contact = store.current.peek()?.contact?.id;
  const all = contact ? threads.threadOf(contact).peek().entries.filter((m) => m.kind === "image" && m.file?.url && !m.recalled) : [];
  return all.some((m) => m.id === shown.entry) ? all.map((m) => ({ entry: m.id, url: m.file.url, name: m.file.name, file: m.file.id })) : [shown];
}

// zoomed keeps what is under the point where it is.
function zoomed({ scale, x, y }, by, { px, py } = { px: 0, py: 0 }) {
  const next = Math.min(most, Math.max(1, scale * by));
  if (next === 1) return whole;
  return { scale: next, x: px - (px - x) * (next / scale), y: py - (py - y) * (next / scale) };
}

export function Viewer() {
  const list = useRef(around(store.picture.value)).current;
  const ref = useRef();
  const fingers = useRef(new Map()).current; // pointer → where it is
  const [n, setN] = useState(Math.max(0, list.findIndex((x) => x.entry === store.picture.value.entry)));
  const [at, setAt] = useState(whole);
  const [fresh, setFresh] = useState({}); // entry → an address that holds, where the old one has run out
  const one = list[n];
  const url = fresh[one.entry] ?? one.url;
  const close = () => { store.picture.value = null; };
  const zoom = (by, point) => setAt((v) => zoomed(v, by, point));
  const turn = (by) => { if (list[n + by]) { setN(n + by); setAt(whole); } };
  useEffect(() => {
    const before = document.activeElement;
    ref.current.showModal();
    ref.current.focus(); // the keys are the picture's
    return () => before?.focus?.();
  }, []);
  const renew = () => one.file && !fresh[one.entry] && get("files/" + one.file).then(({ file }) => setFresh({ ...fresh, [one.entry]: file.url }), () => {});
  const keys = (e) => {
    const act = { "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), 0: () => setAt(whole), ArrowLeft: () => turn(-1), ArrowRight: () => turn(1) }[e.key];
    if (!act) return;
    e.preventDefault();
    act();
  };
  const point = (x, y) => ({ px: x - innerWidth / 2, py: y - innerHeight / 2 });
  const down = (e) => {
    fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
    e.currentTarget.setPointerCapture(e.pointerId);
  };
  const move = (e) => {
    const last = fingers.get(e.pointerId);
    if (!last) return;
    const now = { x: e.clientX, y: e.clientY };
    const other = [...fingers].find(([id]) => id !== e.pointerId)?.[1];
    fingers.set(e.pointerId, now);
    if (other) zoom(Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(last.x - other.x, last.y - other.y) || 1), point((now.x + other.x) / 2, (now.y + other.y) / 2));
    else setAt((v) => (v.scale > 1 ? { ...v, x: v.x + now.x - last.x, y: v.y + now.y - last.y } : v));
  };
  const up = (e) => fingers.delete(e.pointerId);
  return html`<dialog class="viewer" tabindex="-1" ref=${ref} aria-label=${t("picture")} onCancel=${(e) => { e.preventDefault(); close(); }} onKeyDown=${keys}
    onClick=${(e) => e.target === ref.current && close()} onWheel=${(e) => { e.preventDefault(); zoom(e.deltaY < 0 ? 1.15 : 1 / 1.15, point(e.clientX, e.clientY)); }}>
    <img key=${one.entry} src=${url} alt=${one.name ?? ""} draggable=${false} style=${{ transform: `translate(${at.x}px, ${at.y}px) scale(${at.scale})`, cursor: at.scale > 1 ? "grab" : "zoom-in" }} onError=${renew}
      onDblClick=${(e) => (at.scale > 1 ? setAt(whole) : zoom(2.5, point(e.clientX, e.clientY)))} onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onPointerCancel=${up} />
    <div class="viewer-bar">${list.length > 1 && html`<${IconButton} icon="chevron-left" label=${t("picture_last")} hint="←" aria-disabled=${n === 0} onClick=${() => turn(-1)} /><span class="num">${n + 1} / ${list.length}</span>
      <${IconButton} icon="chevron-right" label=${t("picture_next")} hint="→" aria-disabled=${n === list.length - 1} onClick=${() => turn(1)} />`}
      <${IconButton} icon="zoom-out" label=${t("zoom_out")} hint="−" onClick=${() => zoom(1 / 1.3)} /><span class="num">${Math.round(at.scale * 100)}%</span>
      <${IconButton} icon="zoom-in" label=${t("zoom_in")} hint="+" onClick=${() => zoom(1.3)} /><${IconButton} icon="copy" label=${t("copy")} onClick=${() => copyPicture(url)} /><${IconButton} icon="x" label=${t("close_dialog")} hint="Esc" onClick=${close} /></div>
  </dialog>`;
}
