// The question before an act, in the page's one dialog. Its words are in data-ask…
// of the form, or of whatever else wants to act.

const dialog = document.getElementById("ask");
const answers = [...dialog.querySelectorAll("[data-ask-answer]")];
const usual = answers.map((button) => button.textContent);
for (const button of answers) button.addEventListener("click", () => dialog.close(button.value));

/** Asks, and resolves to whether the answer was yes. */
export function ask({ dataset }) {
  dialog.querySelector("h2").textContent = dataset.ask;
  dialog.querySelector("[data-ask-body]").textContent = dataset.askText ?? "";
  [dataset.askNo, dataset.askYes].forEach((word, i) => {
    answers[i].textContent = word || usual[i];
  });
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
  });
}
