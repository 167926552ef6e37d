import { h, icon } from "../lib/dom.js";

const faces = ["mood-cry", "mood-sad", "mood-empty", "mood-smile", "mood-happy"]; // drawn: not every machine has emoji

/**
 * Asks once how it was: five faces, "was it solved?", and room for a word. It keeps what was chosen while the thread is
 * redrawn around it. given is what was said before, where that is changed. It is fetched when a conversation ends.
 */
export function rating(conversation, given, { t, act }) {
  const chosen = { conversation, score: given?.score, resolved: given?.resolved };
  const card = h("form.vc-rate", { "data-key": `rate:${conversation}`, "aria-label": t("rate_title") });
  const submit = h("button.vc-btn", { type: "submit", disabled: !given }, t("rate_send"));
  const trouble = h("p.vc-err", { role: "alert", hidden: true });
  const comment = h("textarea", { rows: 2, maxlength: 500, "aria-label": t("rate_comment"), placeholder: t("rate_comment") });
  const later = h("div.vc-rate-more", { hidden: !given }, solved(chosen, t), comment);
  comment.value = given?.comment ?? "";
  const choose = (score) => {
    chosen.score = score;
    submit.disabled = later.hidden = false;
    act.grown();
  };
  const back = given && h("button.vc-btn.plain", { type: "button", onclick: () => act.rerate(null) }, t("leave_back"));
  card.append(h("b", null, t("rate_title")), scores(t, chosen, choose), later, trouble, given ? h("div.vc-leave-b", null, back, submit) : submit);
  card.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await act.rate({ ...chosen, comment: comment.value.trim() || undefined });
    } catch (error) {
      trouble.textContent = error.text || t("rate_failed");
      trouble.hidden = submit.disabled = false;
    }
  });
  return card;
}

function scores(t, { score }, choose) {
  const group = h("div.vc-faces", { role: "group", "aria-label": t("rate_title") });
  faces.forEach((face, i) => {
    const button = h("button", { type: "button", "aria-pressed": String(score === i + 1) }, icon(face), t(`score_${i + 1}`));
    button.addEventListener("click", () => {
      for (const other of group.children) other.setAttribute("aria-pressed", String(other === button));
      choose(i + 1);
    });
    group.append(button);
  });
  return group;
}

function solved(chosen, t) {
  const group = h("div.vc-solved", { role: "group", "aria-label": t("rate_solved") }, h("span", null, t("rate_solved")));
  for (const value of [true, false]) {
    const button = h("button", { type: "button", "aria-pressed": String(chosen.resolved === value) }, t(value ? "yes" : "no"));
    button.addEventListener("click", () => {
      chosen.resolved = chosen.resolved === value ? undefined : value;
      for (const other of group.querySelectorAll("button")) {
        other.setAttribute("aria-pressed", String(other === button && chosen.resolved === value));
      }
    });
    group.append(button);
  }
  return group;
}
