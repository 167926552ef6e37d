// Loaded in <head>, before anything can be clicked on: an act that is asked about
// waits until the page can ask. A classic script, not a module: without it a quick
// click, on a slow line, would do at once what was to be asked about first.
(function () {
  let waiting = null;
  const hold = (event) => {
    if (!event.target.dataset.ask) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = event.target;
  };
  addEventListener("submit", hold, true);
  addEventListener(
    "asks",
    () => {
      removeEventListener("submit", hold, true);
      waiting?.requestSubmit();
    },
    { once: true },
  );
})();
