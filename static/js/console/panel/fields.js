// The fields of a customer: those that every shop has, and the shop's own.
import * as store from "../store.js";
import { t } from "../words.js";

const standard = ["phone", "email", "region", "level", "distributor_level", "dedicated"];
const own = "custom.";

// fields lists them in their order: {key, name, kind, options?}.
export const fields = () => [
  ...standard.map((key) => ({ key, name: t("field_" + key), kind: choices(key) ? "choice" : "text", options: choices(key) })),
  ...(store.desk.value.fields ?? []).map((f) => ({ key: own + f.id, name: f.name, kind: f.kind, options: f.options?.map((o) => ({ value: o, name: o })) })),
];

// choices are what a field can be, null where it is written: the shop's levels,
// where it has any, and whoever answers customers.
function choices(key) {
  const d = store.desk.value;
  if (key === "dedicated") return d.colleagues.filter((one) => one.answers).map((one) => ({ value: one.id, name: one.name, who: one }));
  const levels = { level: d.levels?.customers, distributor_level: d.levels?.distributors }[key];
  return levels?.length ? levels.map((l) => ({ value: l.name, name: l.name, vip: l.vip })) : null;
}

const ownID = (key) => (key.startsWith(own) ? key.slice(own.length) : "");

// valueOf is what is shown of a field; of somebody, {id, name, gone}.
export const valueOf = (customer, key) => (ownID(key) ? customer.custom?.[ownID(key)] : customer[key]) ?? "";

// isMasked reports whether that is not all of it.
export const isMasked = (customer, key) =>
  (ownID(key) ? customer.masked?.includes(ownID(key)) : /phone$|email$/.test(key)) && !!valueOf(customer, key);

// changing is what the server is sent to change a field.
export const changing = (key, value) => (ownID(key) ? { custom: { [ownID(key)]: value } } : { [key]: value });

export const isVIP = (f, value) => !!f.options?.some((o) => o.vip && o.value.toLowerCase() === value?.toLowerCase?.());
