import { storage } from "../lib/outbox.js";
import { failure } from "../lib/upload.js";

const PATIENCE = 15000;

/**
 * The visitor's calls over HTTP, and the token that makes the next visit the same visitor's. The token lives in
 * this origin's storage: in a frame that is the frame's own, and the shop's page never sees it.
 */
export class Visit {
  constructor({ channel, lang }) {
    this.channel = channel;
    this.lang = lang;
    this.items = storage();
    this.page = null;
    this.identity = null;
  }

  key(name) {
    return `xiaoer.${name}.${this.channel}`;
  }

  get token() {
    return this.items.getItem(this.key("token"));
  }

  /** The question whose form is open: it is again after a reload. */
  get filling() {
    return this.items.getItem(this.key("form"));
  }

  set filling(entry) {
    this.items.setItem(this.key("form"), entry);
  }

  /** Who I am and what was said. A token that is no longer known is given up: its visitor is gone for good. */
  async arrive() {
    const { channel, lang, identity, page } = this;
    const body = { channel, lang, identity: identity ?? undefined, page: page ?? undefined };
    let answer;
    try {
      answer = await this.call("POST", "", body);
    } catch (error) {
      if (error.status !== 401 || !this.token || identity) throw error;
      this.items.removeItem(this.key("token"));
      answer = await this.call("POST", "", body);
    }
    if (answer.token) this.items.setItem(this.key("token"), answer.token);
    return answer;
  }

  older(cursor) {
    return this.call("GET", `/messages?before=${encodeURIComponent(cursor)}`);
  }

  rate(rating) {
    return this.call("POST", "/rating", rating);
  }

  leave(message) {
    return this.call("POST", "/left", message);
  }

  /** A file's address lives for two hours; this is a fresh one. */
  async file(id) {
    return (await this.call("GET", `/../files/${encodeURIComponent(id)}`)).file;
  }

  get upload() {
    return { url: "/api/xiaoer/visitor/files", headers: this.headers() };
  }

  headers() {
    return { "Accept-Language": this.lang, ...(this.token && { Authorization: `Bearer ${this.token}` }) };
  }

  async call(method, path, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const response = await fetch(`/api/xiaoer/visitor${path}`, {
        method,
        signal: stop.signal,
        credentials: "omit",
        headers: { ...this.headers(), ...(body && { "Content-Type": "application/json" }) },
        body: body && JSON.stringify(body),
      });
      const answer = response.status === 204 ? null : await response.json().catch(() => null);
      if (!response.ok) throw failure(response.status, answer, response.headers.get("Retry-After"));
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }
}
