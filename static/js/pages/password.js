// Every page with a password: shows or hides it, and says how strong a new one
// is. Both controls are hidden until this runs.

for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = button.parentElement.querySelector("input");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    button.setAttribute("aria-label", shown ? button.dataset.hide : button.dataset.show);
    input.focus();
  });
  // Sent as a password, so that the browser offers to keep it.
  input.form.addEventListener("submit", () => {
    input.type = "password";
  });
}

// From 0, too weak, to 3. The server judges for itself; this only guides.
function strength(password) {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  const different = new Set(password).size;
  if (password.length < 8 || different < 4) return 0;
  let points = kinds - 1;
  if (password.length >= 12) points++;
  if (password.length >= 16) points++;
  return Math.max(1, Math.min(3, points));
}

for (const meter of document.querySelectorAll("[data-meter]")) {
  const input = document.getElementById(meter.dataset.meter);
  const words = meter.querySelectorAll("b");
  input.addEventListener("input", () => {
    const level = strength(input.value);
    meter.hidden = input.value === "";
    meter.dataset.level = level;
    words.forEach((word, i) => {
      word.hidden = i !== level;
    });
  });
}
