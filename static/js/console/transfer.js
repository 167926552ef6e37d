// Handing a conversation on, or several: to a colleague, seen with their presence
// and load, or to a group; with a note for whoever takes it.
import { html, useRef, useState } from "../vendor/preact-11.2.0.js";
import { Avatar, Dialog, Icon } from "./parts.js";
import { transfer } from "./acts.js";
import * as store from "./store.js";
import { t } from "./words.js";

const order = { online: 0, break: 1, offline: 2 };
const looks = { online: "on", break: "away", offline: "off" };

export function Transfer({ id, ids = [id] }) {
  const [to, setTo] = useState(null); // {staff} or {group}
  const [word, setWord] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const note = useRef();
  const many = ids.length > 1;
  const c = store.conversations.value.get(ids[0]);
  const close = () => { store.dialog.value = null; };
  if (!c) return null;
  const { colleagues, groups } = store.desk.value;
  const fits = (x) => x.name.toLowerCase().includes(word.trim().toLowerCase());
  const people = colleagues.filter((p) => (many || p.id !== c.assignee?.id) && fits(p)).sort((a, b) => order[a.presence] - order[b.presence] || a.load / a.cap - b.load / b.cap);
  const teams = groups.filter((g) => (many || g.id !== c.group?.id || c.assignee) && fits(g));
  const online = (g) => colleagues.filter((p) => p.presence === "online" && p.groups?.includes(g.id)).length;
  const there = (p) => p.presence === "online"; // nobody else can be given a conversation
  const first = people.some(there) ? { staff: people.find(there).id } : teams.length ? { group: teams[0].id } : null;
  const choose = (x) => { setTo(x); setWrong(""); };
  const keys = (e) => { // Enter in the search chooses whom it has found; once more hands over
    if (e.key !== "Enter" || e.isComposing || e.keyCode === 229 || to) return;
    e.preventDefault();
    if (word.trim()) choose(first);
  };
  const submit = async (e) => {
    e.preventDefault();
    if (!to || busy) return;
    setBusy(true);
    const text = note.current.value.trim();
    const where = { ...to, ...(text && { note: text }) };
    if (many) {
      close();
      return (await import("./bulk.js")).transferAll(ids, where);
    }
    try {
      await transfer(c.id, where);
      close();
      store.toast(t("transferred_toast", { Name: to.staff ? colleagues.find((p) => p.id === to.staff).name : groups.find((g) => g.id === to.group).name }));
    } catch (err) {
      setWrong(err.message);
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t("transfer_title", { Name: many ? t("conversations_many", { Count: ids.length }) : c.contact.name })} onClose=${close}>
    <form onSubmit=${submit}><div class="dlg-b">
      <div class="field"><${Icon} name="search" /><input type="search" aria-label=${t("transfer_find")} placeholder=${t("transfer_find")} onInput=${(e) => { setWord(e.target.value); setTo(null); }} onKeyDown=${keys} /></div>
      <div class="choices scroll" role="radiogroup" aria-label=${t("transfer_to")} tabindex="0">
        ${people.map((p) => html`<label key=${p.id} class="choice"><input type="radio" name="to" disabled=${!there(p)} checked=${to?.staff === p.id} onChange=${() => choose({ staff: p.id })} />
          <${Avatar} who=${p} size="s" state=${looks[p.presence]} /><span class="grow trunc">${p.name}</span>
          <span class=${`tag ${there(p) ? "g" : ""}`}>${t("presence_" + p.presence)}</span><span class="num load">${p.load}/${p.cap}</span></label>`)}
        ${teams.map((g) => html`<label key=${g.id} class="choice"><input type="radio" name="to" checked=${to?.group === g.id} onChange=${() => choose({ group: g.id })} />
          <span class="av s a8" aria-hidden="true"><${Icon} name="users" /></span><span class="grow trunc">${g.name}</span><span class="muted small">${t("group_online", { Count: online(g) })}</span></label>`)}
        ${!people.length && !teams.length && html`<p class="none">${t("transfer_none")}</p>`}
      </div>
      <label class="inp"><span>${t("transfer_note")}</span><textarea ref=${note} rows="2" maxlength="2000" placeholder=${t("transfer_note_hint")} /></label>
      ${wrong && html`<p class="err" role="alert">${wrong}</p>`}
    </div><div class="dlg-f"><button type="button" class="btn" onClick=${close}>${t("cancel")}</button><button class="btn pri" disabled=${!to || busy}>${t("transfer")}</button></div></form>
  <//>`;
}
