/**
 * Finds what an agent has just promised, and when to be reminded of it. Pure.
 *
 *   promise("我核实一下，明天给您答复", now, open)   // → {text: "我核实一下，明天给您答复", due: ms}
 *   promise("您明天再来看看", now, open)             // → null: that is for the customer to do
 *
 * A promise is a sentence that says both when and what will be done. Questions, what is done already, what cannot be
 * done, what the customer shall do and what holds for everybody (“一般 3 天内发货”) are none. Rather one too few: what is
 * not found can still be set by hand. `open`: see due.js.
 */
import { HOUR, MINUTE, due, weekday } from "./due.js";
import { english } from "./promises_en.js";

const LONGEST = 120; // of what is kept of a sentence
const READ = 500; // who goes on longer without a stop promises nothing that could be kept in mind

export function promise(text, now, open = []) {
  for (const sentence of sentences(text ?? "")) {
    const when = chinese(sentence, now) ?? english(sentence, now);
    const at = when && due(when, now, open);
    if (at) return { text: short(sentence), due: at };
  }
  return null;
}

function sentences(text) {
  const parts = text.split(/([。！!；;？?\n]|\.(?=\s|$))/);
  const list = [];
  for (let i = 0; i < parts.length; i += 2) {
    const said = parts[i].trim();
    if (said && said.length <= READ && !/[？?]/.test(parts[i + 1] ?? "") && !/[吗么呢嘛]$/.test(said)) list.push(said);
  }
  return list;
}

function short(sentence) {
  const all = [...sentence];
  return all.length > LONGEST ? `${all.slice(0, LONGEST - 1).join("")}…` : sentence;
}

// ---- Chinese ----

const acts = /答[复覆]|回[复覆电]|回个?电话|回(您|你|访)|联系|致电|打给(您|你)|电话(您|你)|处理|解决|退款|退(回|还|给)|打款|[补重]发|发货|发出|寄|发(给|送|您|你)|换|安排|确认|核实|查|跟进|反馈|通知|告[知诉]|更新|开票|开具|补[上偿寄]|上架|[给为帮](您|你)/;
const theirs = /^(请|麻烦|烦请|劳烦|建议|欢迎)|(联系|告诉|回复|发给?|找|跟)我|(^|[^给为帮跟和与向替对])(您|你)们?(可以|可|能|要|需要|先|再|也|有空|方便|记得|看|收到|来|下单|那边|今|明|后天|周|下周|晚上)/;
const impossible = /不能|没法|无法|不会|没办法|不一定|不确定|来不及|[发寄退到查]不[了到]/;
const done = /已|昨|刚|前几天|过了/;
const general = /支持|无理由|一般|通常|正常|默认|平均|拍下|下单|付款|签收|收到|活动|规则|有效期|质保|保修|预售/;

function chinese(sentence, now) {
  const clauses = sentence.split(/[，,、：:~～\s]+(?!\d\d)/);
  for (const [i, clause] of clauses.entries()) {
    const when = moment(clause, now);
    if (!when || theirs.test(clause) || impossible.test(clause) || general.test(clause)) continue;
    if (done.test(clause) && (when.in || when.day === 0)) continue;
    if (acts.test(clause)) return when;
    // “明天上午，我给您答复”; “我去核实，最晚明天”
    const beside = [clauses[i - 1], clauses[i + 1]].filter((one) => one && !theirs.test(one) && !impossible.test(one) && !done.test(one));
    if (!when.soon && beside.some((one) => acts.test(one) && !moment(one, now))) return when;
  }
  return null;
}

const digits = { 一: 1, 两: 2, 二: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9, 日: 7, 天: 7, 末: 6 };
const numeral = "(\\d+(?:\\.\\d+)?|[一两二三四五六七八九]?十[一二三四五六七八九]?|[一两二三四五六七八九半])";

/** A number as written: 15, 1.5, 三, 十二, 二十四, 半. */
function number(text) {
  if (text === "半") return 0.5;
  if (/^\d/.test(text)) return Number(text);
  if (!text.includes("十")) return digits[text];
  const [tens, ones] = text.split("十");
  return (digits[tens] ?? 1) * 10 + (digits[ones] ?? 0);
}

const span = new RegExp(`${numeral}个?(半)?(工作日|分钟?|小时|钟头|天|周|星期|礼拜)(之内|以内|内|之后|后|左右)`);
const soon = /稍后|稍晚|晚(点|些|一点|一些)|一会|待会|[等过]会|等下|回头/;
const named = /大后天|后天|[今明][天日早晚]|[下本这]?个?(周|星期|礼拜)[一二三四五六日天末]|[下本这]个?(周|星期|礼拜)|\d{1,2}月\d{1,2}[日号]|月底/;
const parts = [[/凌晨/, 8], [/[早晨]|上午/, 10], [/中午/, 12], [/下午|午后/, 15], [/傍晚|下班/, 17], [/晚/, 19]];
const clocked = new RegExp(`${numeral}\\s*(?:[:：](\\d\\d)|[点时](?!间|候)(半|一刻|\\d{1,2}分?)?)(之?前|左右|整|准时)?`);
const noClock = /[晚早快有]一点/; // a little, not one o'clock
const noPart = /最[晚迟]|晚(些时候|[一]?[点些])/g;
const noLimit = /[目提从面]前|前[天面台]/g;

function moment(clause, now) {
  const length = clause.match(span);
  if (length) return within(number(length[1]) + (length[2] ? 0.5 : 0), length[3]);
  const day = clause.match(named)?.[0];
  const part = parts.find(([word]) => word.test(clause.replace(noPart, "")))?.[1];
  const time = noClock.test(clause) ? null : clause.match(clocked);
  const bare = !day && part === undefined;
  if (bare && !time?.[4]) return soon.test(clause) ? { in: 30 * MINUTE, soon: true } : null;
  const when = { day: day ? daysTo(day, now) : 0, before: /前/.test(clause.replace(noLimit, "")) };
  if (when.day === null) return null;
  if (time) return { ...when, exact: true, ...hours(time, part, when.day, now) };
  return part === undefined ? when : { ...when, hour: part };
}

function within(n, unit) {
  if (!n) return null;
  if (unit === "工作日") return { workdays: Math.ceil(n) };
  if (unit.startsWith("分")) return { in: n * MINUTE };
  if (/小时|钟头/.test(unit)) return { in: n * HOUR };
  if (unit === "天" && n < 1) return { in: 4 * HOUR }; // half a day of work
  return { day: unit === "天" ? Math.ceil(n) : 7 * n };
}

/** The hour of a clock; without a part of the day, “3 点” is the one that somebody is at work. */
function hours([, hour, colon, rest], part, day, now) {
  let h = number(hour);
  const minute = colon ? Number(colon) : rest === "半" ? 30 : rest === "一刻" ? 15 : Number(rest) || 0;
  if (h < 12 && (part >= 12 || (part === undefined && h < 8) || (part === undefined && day === 0 && h < new Date(now).getHours()))) h += 12;
  return { hour: h, minute };
}

/** How many days from now the named day is; null where it is over. */
function daysTo(name, now) {
  if (/^今/.test(name)) return 0;
  if (/^明/.test(name)) return 1;
  if (name === "后天") return 2;
  if (name === "大后天") return 3;
  const date = new Date(now);
  if (name === "月底") return new Date(date.getFullYear(), date.getMonth() + 1, 0).getDate() - date.getDate();
  const dated = name.match(/(\d{1,2})月(\d{1,2})/);
  if (dated) return daysUntil(new Date(date.getFullYear(), dated[1] - 1, Number(dated[2])), date);
  const next = /^下/.test(name);
  return weekday(digits[name.slice(-1)] ?? (next ? 1 : 5), next, date); // “下周” is its Monday, “本周” ends with Friday
}

function daysUntil(day, date) {
  const away = Math.round((day - new Date(date).setHours(0, 0, 0, 0)) / (24 * HOUR));
  if (away >= 0) return away;
  const later = new Date(day);
  later.setFullYear(later.getFullYear() + 1);
  const ahead = Math.round((later - new Date(date).setHours(0, 0, 0, 0)) / (24 * HOUR));
  return ahead < 60 ? ahead : null; // a day of the year that is over is no promise, but for the turn of the year
}
