// Parts that most people never need are fetched when somebody does.
import { html, useEffect, useState } from "../vendor/preact-11.2.0.js";
import * as store from "./store.js";
import { t } from "./words.js";

// later is a part that load fetches when it is first shown. Where that fails, the
// way back is taken. Meanwhile there is nothing, or what stands in its place.
export function later(load, back, meanwhile = null) {
  let Part;
  return function Later(props) {
    const [, drawn] = useState(0);
    useEffect(() => {
      if (!Part) load().then((fetched) => { Part = fetched; drawn(1); }, () => { back(); store.toast(t("not_connected"), "bad"); });
    }, []);
    return Part ? html`<${Part} ...${props} />` : meanwhile;
  };
}

// styled is done when a style sheet of such a part is in force.
export const styled = (name) => new Promise((done, failed) => {
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(`../../css/${name}.css`, import.meta.url).href, onload: done, onerror: failed }));
});

// once does it when it is first asked for; where that fails, at the next time again.
export function once(load) {
  let done;
  return () => (done ??= load().catch((e) => { done = undefined; throw e; }));
}

const listStyle = once(() => styled("list"));

// listing is such a part of what belongs to the list.
export const listing = (load, name, back) => later(() => Promise.all([load(), listStyle()]).then(([module]) => module[name]), back);
