/**
 * Claims about the small pure parts of static/js/lib, each a name and what must hold. They return the names of those
 * that do not.
 */
import { tones } from "/static/current/js/lib/colour.js";
import { newID } from "/static/current/js/lib/id.js";
import { fill } from "/static/current/js/console/variables.js";
import { links } from "/static/current/js/lib/links.js";
import { after, pause, seconds } from "/static/current/js/lib/pauses.js";
import { Timeline } from "/static/current/js/lib/timeline.js";
import { openOutbox, openUploads } from "/static/current/js/lib/outbox.js";
import { promises } from "./promised.js";

export async function claims() {
  const broken = [];
  for (const [name, holds] of Object.entries(all)) {
    try {
      if (!(await holds())) broken.push(name);
    } catch (error) {
      broken.push(`${name}: ${error}`);
    }
  }
  return { broken, count: Object.keys(all).length };
}

const hrefs = (text) => links(text).flatMap((part) => part.href ?? []);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const nasty = ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "JAVASCRIPT:x//https", "<a href=x>", "file:///etc/passwd"];

const all = {
  ...promises,

  "only http, https, mailto and tel become links": () => nasty.every((text) => hrefs(text).every((href) => /^(https?|mailto|tel):/.test(href))),
  "nothing of a text is lost by finding links": () =>
    ["看 https://a.cn/x?y=1。谢谢", "a@b.cn.", "13812345678", "", "（https://x.y）", ...nasty].every((text) => links(text).map((part) => part.text).join("") === text),
  "Chinese punctuation ends an address": () => same(hrefs("看https://a.cn/x?y=1。谢谢"), ["https://a.cn/x?y=1"]),
  "a closing bracket stays with its partner": () => same(hrefs("(https://a.cn/b_(c))"), ["https://a.cn/b_(c))"]) || same(hrefs("https://a.cn/b_(c)"), ["https://a.cn/b_(c)"]),
  "a host is shown by the name that it has": () => same(links("看 https://аррӏе.com/a"), [{ text: "看 " }, { text: "https://xn--80ak6aa92e.com/a", href: "https://аррӏе.com/a" }]) && links("https://xn--80ak6aa92e.com")[0].text === "https://xn--80ak6aa92e.com",
  "what pretends to be a host makes no link": () => same(hrefs("https://taobao.com@evil.cn/a https://a:b@evil.cn"), []),
  "what goes on right after a host is not its": () => same(links("打开https://a.cn就行")[1], { text: "https://a.cn", href: "https://a.cn" }) && same(hrefs("https://zh.wikipedia.org/wiki/小米"), ["https://zh.wikipedia.org/wiki/小米"]),
  "what turns the direction of writing ends an address": () => same(hrefs("https://a.cn/\u202egpj.exe"), ["https://a.cn/"]),
  "a mobile number can be called, a piece of a longer one not": () => same(hrefs("13812345678 单号2513812345678901"), ["tel:13812345678"]),

  "only what is documented is filled into a quick reply, once, as it is": () => {
    const text = "{客户昵称} {constructor} {__proto__} {toString} {valueOf} {{.}} {{客户昵称}} ${7*7} <%= 7*7 %> #{7} {%客户昵称%} {}";
    return fill(text, { 客户昵称: "$& $1 {店铺名} <b>", 店铺名: "x" }) === text.replaceAll("{客户昵称}", () => "$& $1 {店铺名} <b>");
  },

  "pauses grow from half a second to half a minute": () => pause(0, 1) === 500 && pause(3, 1) === 4000 && pause(50, 1) === 30000 && pause(3, 0) === 2000,
  "what cannot get better is final": () => [4400, 4401, 4403, 4409].every((code) => after(code).stop),
  "a restart is waited for at random, a flood as long as told": () => after(1012).within === 5000 && after(4429, "retry in 12 s").wait === 12000,
  "any other close is a bad network": () => [1006, 1000, 1011, 4408].every((code) => !after(code).stop && after(code).wait === undefined),
  "nonsense in a reason is not believed": () => seconds("") === 30 && seconds("0") === 1 && seconds("99999999") === 3600,

  "ids fit the protocol and differ": () => /^[A-Za-z0-9_-]{1,64}$/.test(newID()) && newID() !== newID(),
  "ids are made without randomUUID, too": () => {
    const { randomUUID } = crypto;
    Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
    const id = newID();
    Object.defineProperty(crypto, "randomUUID", { value: randomUUID, configurable: true });
    return /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id);
  },

  "an ack floats until its message has a place": () => {
    const t = new Timeline();
    t.acked({ id: "2" });
    t.receive({ id: "1" });
    const before = t.messages.map((m) => m.id).join();
    t.receive({ id: "2" });
    return before === "1,2" && t.floating.length === 0 && t.messages.map((m) => m.id).join() === "1,2";
  },
  "a repeated message changes nothing": () => {
    const t = new Timeline();
    return t.receive({ id: "1" }) && !t.receive({ id: "1" }) && t.messages.length === 1;
  },
  "what came while a list was loading stands after it": () => {
    const t = new Timeline();
    const land = t.loading();
    t.receive({ id: "3" });
    land([{ id: "1" }, { id: "2" }]);
    return t.messages.map((m) => m.id).join() === "1,2,3";
  },
  "a recalled message keeps its place and nothing else": () => {
    const t = new Timeline();
    t.receive({ id: "1", text: "secret", file: {} });
    t.receive({ id: "2", kind: "event", data: { event: "recalled", message: "1" } });
    const [first] = t.messages;
    return first.id === "1" && first.recalled && first.text === undefined && first.file === undefined;
  },

  "any shop's colour can be read on": () =>
    ["#2b6a4d", "#ffcc00", "#ffffff", "#000000", "#f0f", "#7fd0a8"].every((colour) =>
      [false, true].every((dark) => {
        const { brand, soft, text } = tones(colour, dark);
        return contrast(brand, "#ffffff") >= 4.5 && contrast(text, soft) >= 4.5;
      }),
    ),
  "what is no colour is refused": () => tones("red;x") === null && tones("") === null && tones(undefined) === null,

  "an outbox keeps its entries apart from others'": async () => {
    const [mine, yours] = await Promise.all([openOutbox("a"), openOutbox("a.b")]);
    await mine.put({ id: "1", text: "x" });
    await yours.put({ id: "1", text: "y" });
    const [found, ...more] = await mine.all();
    await mine.remove("1");
    return found.text === "x" && !more.length && (await mine.all()).length === 0 && (await yours.all())[0].text === "y";
  },
  "files are kept with their bytes": async () => {
    const uploads = await openUploads("a");
    await uploads.put({ id: "1", blob: new Blob(["bytes"]) });
    return (await (await uploads.all())[0].blob.text()) === "bytes";
  },
};

function contrast(a, b) {
  const [high, low] = [a, b].map(luminance).sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
