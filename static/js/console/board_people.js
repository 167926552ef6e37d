// The people on the board: whether they are there and since when, how much they
// have, and what it is.
import { html, useState } from "../vendor/preact-11.2.0.js";
import { Avatar, Elapsed, Icon, Menu, Wait } from "./parts.js";
import { Line } from "./board_lines.js";
import { facts, group, served } from "./board_data.js";
import { put } from "./api.js";
import { tried } from "./tried.js";
import { pressing } from "./deadlines.js";
import { lastWords, longest } from "./list.js";
import { choose, reasonName } from "./presence.js";
import * as store from "./store.js";
import { short, t } from "./words.js";

const order = { online: 0, break: 1, offline: 2 };
const looks = { online: "on", break: "away", offline: "off" };
const tones = { online: "g", break: "y", offline: "" };

export function People() {
  const list = store.desk.value.colleagues.filter((p) => !group.value || p.groups.includes(group.value))
    .sort((a, b) => order[a.presence] - order[b.presence] || a.name.localeCompare(b.name));
  const of = new Map();
  for (const c of served.value) if (c.assignee && c.status === "open") of.set(c.assignee.id, [...(of.get(c.assignee.id) ?? []), c]);
  return html`<section class="bd-card bd-people" aria-label=${t("board_people")}>
    <header><h2>${t("board_people")}</h2><span class="count q">${list.length}</span></header>
    <ul>${list.map((p) => html`<${Person} key=${p.id} p=${p} list=${of.get(p.id) ?? []} />`)}</ul>
  </section>`;
}

function Person({ p, list }) {
  const [open, setOpen] = useState(false);
  const groups = store.desk.value.groups.filter((g) => p.groups.includes(g.id));
  const owed = list.filter((c) => c.waiting_since);
  return html`<li class="bd-person">
    <div class="bd-row">
      <${Avatar} who=${p} size="s" state=${looks[p.presence]} />
      <div class="bd-who"><b class="trunc">${p.name}</b><span class="trunc">${groups.map((g) => g.name).join(t("comma"))}</span></div>
      <div class="bd-be"><${Being} p=${p} /></div>
      <${Load} p=${p} />
      <div class="bd-owed">${owed.length > 0 && html`<span>${t("owed", { Count: owed.length })}</span><${Worst} list=${owed} />`}</div>
      <button type="button" class="ib sm" aria-expanded=${open} aria-label=${t("serving", { Name: p.name })} disabled=${!list.length} onClick=${() => setOpen(!open)}><${Icon} name=${open ? "chevron-up" : "chevron-down"} /></button>
    </div>
    ${open && list.length > 0 && html`<ul class="bd-lines bd-mine">${list.slice().sort(store.compare).map((c) => html`<${Line} key=${c.id} c=${c} text=${lastWords(c.last)} />`)}</ul>`}
  </li>`;
}

// Worst is the longest wait among what somebody owes.
function Worst({ list }) {
  const since = longest(list);
  return html`<${Wait} since=${since} by=${pressing(list.find((c) => c.waiting_since === since) ?? list[0])} title=${t("waiting_title")} />`;
}

function Load({ p }) {
  const share = Math.min(100, Math.round((p.load / (p.cap || 1)) * 20) * 5);
  return html`<div class="bd-load" title=${t("load_title")}><i class=${p.load >= p.cap ? "full" : ""} aria-hidden="true"><u style=${{ width: `${share}%` }} /></i><span class="num"><span class="sr">${t("load_title")} </span>${p.load}/${p.cap}</span></div>`;
}

// Being is a colleague's presence and since when, and where one may, the way to
// set it.
function Being({ p }) {
  const [open, setOpen] = useState(false);
  const known = facts.value.people.find((x) => x.staff === p.id);
  const since = known?.since && known.presence === p.presence ? Date.parse(known.since) : 0;
  const name = p.presence === "break" && p.presence_reason ? reasonName(p.presence_reason) : t("presence_" + p.presence);
  const you = p.id === store.you.value.id;
  const words = html`${name}${since > 0 && html` ${p.presence === "break" ? html`<${Elapsed} since=${since} />` : html`<span class="num">${t("since", { Time: short(since, store.serverNow()) })}</span>`}`}`;
  if (!(you ? store.may("conversations.reply") : store.may("staff.presence"))) return html`<span class=${`tag ${tones[p.presence]} bd-being`}>${words}</span>`;
  const set = (status) => {
    setOpen(false);
    if (you) return choose(status);
    tried(put(`staff/${p.id}/presence`, { status }).then(({ presence }) => store.toast(t(presence === status ? "presence_set_toast" : "presence_not_there", { Name: p.name, State: t("presence_" + status) }))));
  };
  return html`<span class="pop-at"><button type="button" class=${`tag ${tones[p.presence]} bd-being`} aria-haspopup="menu" aria-expanded=${open} onClick=${() => setOpen(!open)}><span class="sr">${t("presence_of", { Name: p.name })} </span>${words}<${Icon} name="chevron-down" size="sm" /></button>
    ${open && html`<${Menu} label=${t("presence_of", { Name: p.name })} onClose=${() => setOpen(false)}>
      ${["online", "break", "offline"].map((s) => html`<button type="button" role="menuitemradio" key=${s} aria-checked=${p.presence === s} onClick=${() => set(s)}><span class=${`dot ${s}`} />${t("presence_" + s)}<small>${t("presence_hint_" + s)}</small></button>`)}<//>`}</span>`;
}
