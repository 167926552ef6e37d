// The supervisors' board: who is there and with how much, who waits and why, what
// is due, all of it live, and the means to act.
import { html, useEffect } from "../vendor/preact-11.2.0.js";
import { Elapsed, Icon } from "./parts.js";
import { Lines, Waiting } from "./board_lines.js";
import { People } from "./board_people.js";
import { due, facts, group, queue, served, watch } from "./board_data.js";
import { longest } from "./list.js";
import * as store from "./store.js";
import { clock, t } from "./words.js";

export function Board() {
  useEffect(watch, []);
  const { groups } = store.desk.value;
  return html`<section class="board scroll" aria-labelledby="board-title" tabindex="-1" id="thread">
    <header class="bd-h"><div class="grow"><h1 id="board-title">${t("board")}</h1><p><span class="dot on" />${t("board_live")}</p></div>
      ${groups.length > 1 && html`<label class="bd-group"><span class="sr">${t("board_group")}</span><select onChange=${(e) => { group.value = e.target.value; }}>
        <option value="">${t("board_all_groups")}</option>${groups.map((g) => html`<option key=${g.id} value=${g.id} selected=${g.id === group.value}>${g.name}</option>`)}</select><${Icon} name="chevron-down" size="sm" /></label>`}</header>
    <${Tiles} />
    <div class="bd-grid">
      <${People} />
      <div class="bd-side">
        <${Waiting} />
        <${Due} list=${due.value} />
      </div>
    </div>
  </section>`;
}

const Tile = ({ icon, tone, value, unit, children }) => html`<li class="bd-tile"><span class=${`bd-ic ${tone}`} aria-hidden="true"><${Icon} name=${icon} /></span>
  <div><b class="num">${value}<small>${unit}</small></b><p>${children}</p></div></li>`;

function Tiles() {
  const people = store.desk.value.colleagues.filter((p) => !group.value || p.groups.includes(group.value));
  const are = (presence) => people.filter((p) => p.presence === presence).length;
  const open = served.value.filter((c) => c.status === "open");
  const late = due.value.filter((x) => x.level === "over").length;
  const today = group.value ? facts.value.today.groups?.[group.value] ?? {} : facts.value.today;
  return html`<ul class="bd-tiles" aria-label=${t("board_figures")}>
    <${Tile} icon="headset" tone="g" value=${are("online")} unit=${t("tile_online")}>${t("tile_others", { Break: are("break"), Offline: are("offline") })}<//>
    <${Tile} icon="hourglass" tone="y" value=${queue.value.length} unit=${t("tile_queue")}>${queue.value.length ? html`${t("tile_longest")} <${Elapsed} since=${Date.parse(longest(queue.value))} />` : t("tile_nobody")}<//>
    <${Tile} icon="clock" tone="y" value=${due.value.length - late} unit=${t("tile_near")}>${late < due.value.length ? html`${t("tile_next")} <${Left} until=${Date.parse(due.value[late].d.due)} />` : t("tile_in_time")}<//>
    <${Tile} icon="alarm" tone=${late ? "r" : "q"} value=${today.breached ?? 0} unit=${t("tile_breached")}>${t("tile_now", { Count: late })}<//>
    <${Tile} icon="messages" tone="b" value=${open.length} unit=${t("tile_open")}>${t("tile_owed", { Count: open.filter((c) => c.waiting_since).length })}<//>
  </ul>`;
}

const Left = ({ until }) => html`<span class="num">${clock(until - store.now.value)}</span>`;

const most = 40; // shown; more than these nobody reads

const Due = ({ list }) => html`<${Lines} name="due" title=${t("board_due")} count=${list.length} none=${t("board_due_none")}
  list=${list.slice(0, most).map(({ c, d }) => ({ c, d, key: c.id + d.kind, text: `${t("deadline_" + d.kind)} · ${c.assignee?.name ?? t("tab_waiting")}` }))} />`;
