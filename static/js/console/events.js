// What happened, in words: the timeline's entries of kind event.
import { Face } from "./parts.js";
import { html } from "../vendor/preact-11.2.0.js";
import * as store from "./store.js";
import { moment, t } from "./words.js";

const named = (who, key = "you") => (who?.id && who.id === store.you.value.id ? t(key) : who?.name ?? "");
const whom = (who) => named(who, "you_object");

// acted is what somebody did; what happened by itself is said without a name.
const acted = (m, key, args) => t(m.from.kind === "staff" ? key + "_by" : key, { ...args, Name: named(m.from) });

const lines = {
  opened: () => t("event_opened"),
  assigned: (m, d) => {
    if (d.reason) return t("event_assigned_" + d.reason, { Name: whom(d.staff) });
    const by = m.from.kind === "staff" && m.from.id !== d.staff?.id ? named(m.from) : "";
    const key = by ? "event_assigned_by" : m.from.kind === "staff" ? "event_took" : "event_assigned";
    return t(key, { Name: key === "event_took" ? named(d.staff) : whom(d.staff), By: by });
  },
  transferred: (m, d) => t("event_transferred", { By: named(m.from), To: whom(d.staff ?? d.group) }),
  queued: (m, d) => {
    const where = d.group?.name ? t("event_queued_group", { Name: d.group.name }) : t("event_queued");
    return d.reason ? t("event_returned", { Why: t("left_" + d.reason, { Name: named(d.from_staff) }), Where: where }) : where;
  },
  closed: (m) => (m.from.kind === "staff" ? t("event_closed_by", { Name: named(m.from) }) : t("event_closed")),
  rated: (m, d) => html`${d.was_score ? html`${t("event_rated_anew")} <${Face} score=${d.was_score} /> → ` : html`${t("event_rated")} `}<${Face} score=${d.score} />${d.resolved !== undefined && ` ${t(d.resolved ? "rated_solved" : "rated_unsolved")}`}${d.comment && html`<span class="words">“${d.comment}”</span>`}`,
  tagged: (m, d) => (d.tags?.length ? t("event_tagged", { Name: named(m.from), Tags: d.tags.map((x) => x.name).join(t("comma")) }) : t("event_untagged", { Name: named(m.from) })),
  prioritized: (m, d) => acted(m, "event_prioritized", { Priority: t("priority_" + (d.priority || "normal")) }),
  marked: (m, d) => acted(m, d.emotion ? "event_marked" : "event_unmarked", { Emotion: t("emotion_" + (d.emotion || "none")) }),
  blocked: (m, d) => t(d.until ? "event_blocked_until" : "event_blocked", { Name: named(m.from), Why: d.why, Time: d.until ? moment(Date.parse(d.until), store.serverNow()) : "" }),
  unblocked: (m) => t("event_unblocked", { Name: named(m.from) }),
  breached: (m, d) => html`<span class="late">${t("event_breached", { Kind: t("deadline_" + d.kind) })}</span>`,
  escalated: (m, d) => (d.rule ? t("event_escalated", { Rule: d.rule.name }) : t("event_escalated_late", { Kind: t("deadline_" + d.kind) })),
  left: (m, d) => [t("event_left"), d.phone, d.email].filter(Boolean).join(" · "),
  snoozed: (m, d) => t(d.until ? "event_snoozed" : "event_snoozed_word", { Name: named(m.from), Until: d.until && moment(Date.parse(d.until), Date.parse(m.time)) }),
  woken: (m, d) => t("event_woken_" + d.reason, { Name: named(m.from) }),
  recalled: () => null, // shown in the place of what was taken back
};

// eventLine is what a system line says, or null where nothing is to be said.
export function eventLine(m) {
  const say = lines[m.data?.event];
  return say ? say(m, m.data) : null;
}
