/**
 * A field of ui.Colours: calls paint with the colour that is chosen, now and with each change.
 *
 *   colours(document.querySelector("[data-colours]"), (hex) => …)
 */
export function colours(field, paint) {
  const own = field.querySelector("[data-own]");
  const any = field.querySelector("[data-any]");
  const tint = (hex) => own.parentElement.style.setProperty("--own", hex);
  const say = (choice) => paint(choice.value || choice.dataset.is || "");
  for (const choice of field.querySelectorAll("input[type=radio]")) {
    choice.addEventListener("change", () => say(choice));
    if (choice.checked) say(choice);
  }
  if (own.checked) {
    any.value = own.value;
    tint(own.value);
  }
  any.addEventListener("input", () => {
    own.value = any.value;
    own.checked = true;
    tint(any.value);
    say(own);
  });
}
