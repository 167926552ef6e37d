// Numbers with a usual value: it comes back by a press.

document.addEventListener("click", (event) => {
  const one = event.target.closest("[data-standard]");
  const all = event.target.closest("[data-standard-all]");
  if (!one && !all) return;
  for (const button of one ? [one] : document.querySelectorAll("[data-standard]")) {
    const input = document.getElementById(button.dataset.for);
    input.value = button.dataset.standard;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
