// Quick replies: what is picked in the list, and the places in a text that will
// be filled in.

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

// The list is exchanged by htmx: it is always found anew.
const boxes = () => [...document.querySelectorAll("#list input[name=id]:not(:disabled)")];

function count() {
  const bar = document.querySelector(".qr-bulk [data-picked]");
  if (!bar) return;
  bar.dataset.hint ??= bar.textContent;
  const n = boxes().filter((box) => box.checked).length;
  bar.textContent = n ? bar.dataset.picked.replace("#", n) : bar.dataset.hint;
  for (const button of document.querySelectorAll("[data-on-picked]")) button.disabled = !n;
  const all = document.querySelector("[data-pick-all]");
  all.checked = n > 0 && n === boxes().length;
  all.indeterminate = n > 0 && n < boxes().length;
}
on("change", "[data-pick-all]", (all) => {
  for (const box of boxes()) box.checked = all.checked;
  count();
});
on("change", "#list input[name=id]", count);
document.addEventListener("htmx:after:swap", count);
count();

// A variable goes where the caret is.
on("click", "[data-insert]", (button) => {
  const text = document.getElementById("text");
  text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
});

// What nobody will fill in is pointed out.
on("input", "#text", (text) => {
  const known = text.closest("[data-variables]").dataset.variables.split(" ");
  const open = [...text.value.matchAll(/\{([^{}\s]{1,12})\}/g)].filter(([, name]) => !known.includes(name)).map(([whole]) => whole);
  const note = document.querySelector("[data-unknown]");
  note.hidden = !open.length;
  note.textContent = open.length ? `${note.dataset.unknown} ${[...new Set(open)].join(" ")}` : "";
});
