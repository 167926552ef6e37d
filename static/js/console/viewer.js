// A picture enlarged: wheel, buttons and + − zoom, a drag moves it, Esc closes.
import { html, useEffect, useRef, useState } from "../vendor/preact-11.2.0.js";
import { IconButton } from "./parts.js";
import * as store from "./store.js";
import { t } from "./words.js";

const most = 5;

export function Viewer() {
  const { url, name } = store.picture.value;
  const ref = useRef();
  const [at, setAt] = useState({ scale: 1, x: 0, y: 0 });
  const grip = useRef(null);
  const close = () => { store.picture.value = null; };
  const zoom = (by) => setAt((v) => {
    const scale = Math.min(most, Math.max(1, v.scale * by));
    return scale === 1 ? { scale, x: 0, y: 0 } : { ...v, scale };
  });
  useEffect(() => {
    const before = document.activeElement;
    ref.current.showModal();
    return () => before?.focus?.();
  }, []);
  const keys = (e) => {
    if (e.key === "+" || e.key === "=") zoom(1.3);
    if (e.key === "-") zoom(1 / 1.3);
  };
  const drag = (e) => {
    if (!grip.current) return;
    setAt((v) => ({ ...v, x: grip.current.x + e.clientX, y: grip.current.y + e.clientY }));
  };
  return html`<dialog class="viewer" ref=${ref} aria-label=${t("picture")} onCancel=${(e) => { e.preventDefault(); close(); }} onKeyDown=${keys}
    onClick=${(e) => e.target === ref.current && close()}>
    <img src=${url} alt=${name ?? ""} draggable=${false} style=${{ transform: `translate(${at.x}px, ${at.y}px) scale(${at.scale})`, cursor: at.scale > 1 ? "grab" : "zoom-in" }}
      onWheel=${(e) => { e.preventDefault(); zoom(e.deltaY < 0 ? 1.15 : 1 / 1.15); }} onDblClick=${() => (at.scale > 1 ? setAt({ scale: 1, x: 0, y: 0 }) : zoom(2.5))}
      onPointerDown=${(e) => { if (at.scale === 1) return; grip.current = { x: at.x - e.clientX, y: at.y - e.clientY }; e.currentTarget.setPointerCapture(e.pointerId); }}
      onPointerMove=${drag} onPointerUp=${() => { grip.current = null; }} />
    <div class="viewer-bar"><${IconButton} icon="zoom-out" label=${t("zoom_out")} onClick=${() => zoom(1 / 1.3)} /><span class="num">${Math.round(at.scale * 100)}%</span>
      <${IconButton} icon="zoom-in" label=${t("zoom_in")} onClick=${() => zoom(1.3)} /><${IconButton} icon="x" label=${t("close_dialog")} onClick=${close} /></div>
  </dialog>`;
}
