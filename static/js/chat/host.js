/**
 * The page around the frame: a shop's page with widget.js. Both sides check origin and window. Its origin comes in the
 * address's fragment, which no log sees; who may frame us at all is decided by the server's frame-ancestors.
 *
 * Host to frame: {xiaoer: 1, type: "init" | "shown" | "page" | "identify", …}; frame to host: "hello", "unread", "close",
 * "ring", "alive".
 */
export class Host {
  constructor() {
    const named = new URLSearchParams(location.hash.slice(1)).get("host");
    this.origin = parent !== window && isOrigin(named) ? named : null;
    this.shown = !this.origin;
    this.heard = new Map();
    if (this.origin) addEventListener("message", (event) => this.hear(event));
  }

  get embedded() {
    return this.origin !== null;
  }

  on(type, act) {
    this.heard.set(type, act);
  }

  hear({ source, origin, data }) {
    if (source !== parent || origin !== this.origin || data?.xiaoer !== 1) return;
    if (data.type === "shown") this.shown = !!data.shown;
    this.heard.get(data.type)?.(data);
  }

  tell(type, more = {}) {
    if (this.origin) parent.postMessage({ xiaoer: 1, type, ...more }, this.origin);
  }

  /** Says hello and waits for what the host knows; a host that says nothing is not waited for long. */
  hello() {
    if (!this.origin) return Promise.resolve({ page: here() });
    return new Promise((resolve) => {
      this.on("init", (data) => {
        this.shown = !!data.shown;
        resolve(data);
      });
      setTimeout(() => resolve({}), 1500);
      this.tell("hello");
    });
  }
}

/** Nothing else may be spoken to: "*" would be everybody. */
function isOrigin(named) {
  try {
    const { origin, protocol } = new URL(named);
    return origin === named && /^https?:$/.test(protocol);
  } catch {
    return false;
  }
}

/** As an H5 page the panel is itself the page that the visitor is on; a link may say which product it belongs to. */
function here() {
  return { url: location.href.split("#")[0], title: document.title, referrer: document.referrer };
}
