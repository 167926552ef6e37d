// What stands in braces in a quick reply, {客户昵称}, {订单号}…, and what is known to
// put there. The agent says the rest once a conversation.
import * as store from "./store.js";

const open = /\{([^{}\s]{1,12})\}/g;

// variables are the names in braces in a text, each once.
export const variables = (text) => [...new Set([...text.matchAll(open)].map(([, name]) => name))];

const key = () => "xiaoer.variables." + store.you.peek().id;

const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(key())) ?? {};
  } catch {
    return {};
  }
};

export function remember(conversation, values) {
  const all = kept();
  all[conversation] = { ...all[conversation], ...values };
  try {
    sessionStorage.setItem(key(), JSON.stringify(all));
  } catch {
    // then it is asked again
  }
}

export const remembered = (c) => kept()[c.id] ?? {};

// given is what nobody has to be asked for.
export function given(c) {
  const customer = c.contact.name;
  const me = store.you.peek().name;
  return { 客户昵称: customer, 昵称: customer, name: customer, 客服昵称: me, 客服: me, agent: me, 店铺名: store.desk.peek().shop?.name };
}

// fill puts values in the place of their names; the others stay in their braces.
export const fill = (text, values) => text.replace(open, (whole, name) => (Object.hasOwn(values, name) && values[name]) || whole);
