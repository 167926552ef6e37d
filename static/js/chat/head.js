import { h, icon } from "../lib/dom.js";
import { lastLetter } from "../lib/letter.js";

/** The panel's head: who serves, and whether somebody is there. And the line below it when the network is not. */
export class Head {
  constructor(page) {
    this.page = page;
    this.face = document.getElementById("face");
    this.name = document.getElementById("who");
    this.about = document.getElementById("about");
    this.line = document.getElementById("line");
    this.shop = this.name.textContent;
  }

  render() {
    const { chat, t } = this.page;
    const serving = chat.conversation?.status === "open" ? chat.conversation.assignee : null;
    const hours = chat.channel?.hours;
    const closed = chat.away;
    set(this.name, serving?.name ?? chat.channel?.name ?? this.shop);
    set(this.about, serving ? t("serving", { Shop: this.shop }) : this.there(hours));
    this.draw(serving, closed);
    this.connection();
  }

  there(hours) {
    const { chat, t, times } = this.page;
    if (!chat.channel) return chat.core.stopped && chat.core.reason ? "" : t("connecting");
    return chat.away ? away(hours, t, times) : t("online");
  }

  draw(serving, closed) {
    const look = JSON.stringify([serving, closed]);
    if (look === this.look) return;
    this.look = look;
    const letter = lastLetter(serving?.name ?? this.shop);
    this.face.replaceChildren(
      serving?.avatar ? h("img", { src: serving.avatar, alt: "" }) : h("span", null, serving ? letter : [...this.shop][0]),
      h(`span.vc-dot${closed && !serving ? ".off" : ""}`),
    );
    this.face.classList.toggle("staff", !!serving);
  }

  /** A short loss of the network is nobody's business; only one that lasts is told. */
  connection() {
    const { core } = this.page.chat;
    if (core.state === "ready") {
      clearTimeout(this.soon);
      this.soon = 0;
      this.line.hidden = true;
    } else if (core.stopped && core.reason) this.say(core.reason, true);
    else this.soon ||= setTimeout(() => this.say(core.reason || "network", core.stopped), 1800);
  }

  say(reason, final) {
    const { t, chat } = this.page;
    if (chat.core.state === "ready") return;
    const known = ["bug", "origin", "identity", "gone", "elsewhere", "signed_out", "restart", "flood"];
    this.line.replaceChildren(
      icon(final ? "alert-circle" : "wifi-off"),
      h("span", null, t(known.includes(reason) ? `line_${reason}` : "line_network")),
      final && ["bug", "signed_out", "gone"].includes(reason) ? h("button", { type: "button", onclick: () => location.reload() }, t("reload")) : "",
    );
    this.line.hidden = false;
  }
}

function set(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

function away(hours, t, times) {
  const next = Date.parse(hours.next);
  return next ? t("away_until", { Time: times.moment(next) }) : t("away");
}
