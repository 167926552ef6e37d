// Recovery codes: copied, or kept as a file.

import { copy } from "../lib/copy.js";

const text = (selector) => [...document.querySelectorAll(`${selector} code`)].map((code) => code.textContent).join("\n") + "\n";

for (const row of document.querySelectorAll("[data-scripted]")) row.hidden = false;

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await copy(text(button.dataset.copy));
    button.querySelector("[data-label]").textContent = button.dataset.done;
  });
}

for (const button of document.querySelectorAll("[data-save]")) {
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text(button.dataset.save)], { type: "text/plain" }));
    link.download = button.dataset.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
