/**
 * What is a promise and what is none (static/js/lib/promises.js), as a table: what an agent says at 14:20 on Thursday,
 * 26 November 2026, and the moment to be reminded at, in a shop that answers from Monday to Saturday, 9:00 to 18:00.
 */
import { promise } from "/static/current/js/lib/promises.js";

const now = +new Date(2026, 10, 26, 14, 20);
const open = Array.from({ length: 15 }, (_, day) => new Date(2026, 10, 26 + day))
  .filter((day) => day.getDay())
  .map((day) => [day.setHours(9, 0), day.setHours(18, 0)]);

const kept = {
  "明天给您答复": "27 10:00",
  "后天给您回复": "28 10:00",
  "今天下午给您处理": "26 15:00",
  "今晚给您联系": "26 17:45", // nobody is there at seven
  "今天给您发出": "26 17:00",
  "今天下班前给您答复": "26 16:00",
  "稍后给您答复": "26 14:45",
  "一会儿给您回电话": "26 14:45",
  "晚一点给您答复": "26 14:45",
  "亲，晚点给您答复哦~": "26 14:45",
  "半小时内给您回复": "26 14:45",
  "十五分钟后联系您": "26 14:32",
  "2小时内联系您": "26 16:05",
  "一个半小时内给您答复": "26 15:35",
  "24小时内给您答复": "27 13:20",
  "周五前给您退款": "26 17:00",
  "周六前给您退款": "27 15:00",
  "周日给您回复": "28 09:00", // closed: the day before
  "本周内给您处理": "27 10:00",
  "下周一发出": "30 10:00",
  "下周给您补发": "30 10:00",
  "3天内给您处理好": "28 09:00",
  "三个工作日内退款给您": "30 10:00",
  "12月1号给您寄出": "1 10:00",
  "月底前给您开票": "28 09:00",
  "明天上午10点前发货": "27 09:45",
  "下午3点半给您回电": "26 15:30",
  "15:30前给您答复": "26 15:15",
  "我核实一下，明天给您答复": "27 10:00",
  "好的。明天上午，我给您答复": "27 10:00",
  "最晚明天给您答复": "27 10:00",
  "已为您登记，明天安排发货": "27 10:00",
  "I'll get back to you tomorrow": "27 10:00",
  "We will refund you within 2 hours.": "26 16:05",
  "I will call you this afternoon": "26 15:00",
  "we'll ship it by Friday": "27 10:00",
  "I'll let you know on Monday at 3pm": "30 15:00",
  "I’ll reply in half an hour": "26 14:45",
  "I'll check and get back to you shortly": "26 14:45",
  "We'll process it within 3 business days": "30 10:00",
  "I'll email you by end of day": "26 17:00",
  "I'll get back to you next week": "30 10:00",
};

const none = [
  "", "在的，有什么可以帮您", "好的", "请稍后", "稍等，这就为您查", "您明天再来看看", "您明天有空吗", "麻烦您明天联系我们", "亲，您先看看，稍后联系我们",
  "明天给您发可以吗？", "今天能发出吗", "昨天已经给您退款了", "今天已经发出了", "明天发不了货哦", "明天不能给您答复", "一般3天内发货", "付款后48小时内发货",
  "7天无理由退换，给您放心", "客服24小时在线为您服务", "给您两点建议", "有一点色差，给您补偿5元", "这款明天有活动", "今天上午给您答复过了，3点前", "https://a.cn/明天",
  "Can you call us tomorrow?", "You can reply tomorrow", "I won't be able to ship tomorrow", "It will be nice tomorrow", "I'll be here", undefined,
];

const shown = (ms) => {
  const at = new Date(ms);
  return `${at.getDate()} ${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
};

export const promises = {
  ...Object.fromEntries(Object.entries(kept).map(([said, when]) => [`“${said}” is a promise for ${when}`, () => {
    const found = promise(said, now, open);
    if (!found || shown(found.due) !== when) throw new Error(found ? shown(found.due) : "not found");
    return said.includes(found.text.replace(/…$/, ""));
  }])),
  ...Object.fromEntries(none.map((said) => [`“${said}” is no promise`, () => promise(said, now, open) === null])),
  "without hours a promise is for when it was said": () => shown(promise("今晚给您联系", now).due) === "26 19:00" && shown(promise("周日给您回复", now).due) === "29 10:00",
  "a moment that is over is not reminded of": () => promise("今天14点前给您答复", now, open) === null,
  "a long sentence is kept short": () => [...promise(`明天给您答复${"，很抱歉".repeat(60)}`, now).text].length === 120,
  "of several promises the first is meant": () => promise("明天给您答复。后天给您发货。", now).text === "明天给您答复",
};
