import { h, icon } from "../lib/dom.js";

/** A small menu beside what opened it. One at a time; Escape, a touch elsewhere or a choice closes it. */
let close = () => {};

export function openMenu(anchor, entries, label) {
  close();
  const menu = h("div.vc-menu", { role: "menu", "aria-label": label });
  for (const [name, drawing, act] of entries) {
    menu.append(h("button", { type: "button", role: "menuitem", onclick: () => choose(act) }, icon(drawing), name));
  }
  document.querySelector("main").append(menu);
  beside(menu, anchor);
  const elsewhere = (event) => menu.contains(event.target) || close();
  close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", elsewhere, true);
    close = () => {};
  };
  const choose = (act) => {
    close();
    act();
  };
  menu.addEventListener("keydown", (event) => keys(event, menu, anchor));
  setTimeout(() => document.addEventListener("pointerdown", elsewhere, true)); // not for the touch that opened it
  menu.firstElementChild.focus();
}

export function closeMenu() {
  close();
}

function keys(event, menu, anchor) {
  const all = [...menu.children];
  const at = all.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) all[(at + step + all.length) % all.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") {
    close();
    anchor.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function beside(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.min(Math.max(8, at.left + at.width / 2 - width / 2), innerWidth - width - 8);
  const top = at.top > height + 16 ? at.top - height - 6 : Math.min(at.bottom + 6, innerHeight - height - 8);
  menu.style.left = `${left}px`;
  menu.style.top = `${Math.max(8, top)}px`;
}

/** Calls act(target element) when a finger rests on what matches, or the right button is pressed there. */
export function onHold(el, selector, act) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  el.addEventListener("touchstart", (event) => {
    const target = event.target.closest(selector);
    if (target && event.touches.length === 1) timer = setTimeout(() => act(target), 480);
  }, { passive: true });
  for (const name of ["touchend", "touchmove", "touchcancel", "scroll"]) el.addEventListener(name, stop, { passive: true });
  el.addEventListener("contextmenu", (event) => {
    const target = event.target.closest(selector);
    if (!target || String(getSelection()) || event.target.closest("a")) return; // text that is selected keeps the browser's own menu
    event.preventDefault();
    stop();
    act(target);
  });
}
