/** The browser as the chat core's surroundings: socket, timers, clock, and the signs that somebody is back. */

export function browser() {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    timer(ms, act) {
      const id = setTimeout(act, ms);
      return () => clearTimeout(id);
    },
    open,
    watch,
    report: (error) => console.warn(error),
  };
}

function open(url, { opened, said, closed }) {
  const socket = new WebSocket(url, "xiaoer.v1");
  socket.onopen = () => opened();
  socket.onmessage = (event) => said(event.data);
  socket.onclose = (event) => closed(event.code, event.reason);
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}

function watch(core) {
  const stops = [];
  const listen = (target, event, act) => {
    target.addEventListener(event, act);
    stops.push(() => target.removeEventListener(event, act));
  };
  listen(window, "online", () => core.wake());
  listen(window, "pageshow", () => core.wake());
  listen(window, "offline", () => core.sleep());
  listen(document, "visibilitychange", () => document.visibilityState === "visible" && core.wake());
  return () => stops.forEach((stop) => stop());
}

/** The live address beside a page of ours. */
export function liveURL(base = location.href) {
  const url = new URL("/ws", base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
