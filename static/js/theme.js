// Loaded in <head> before anything is drawn: a page whose person follows the
// system gets its theme here. A chosen one is already on <html>, from the cookie.
// A classic script, not a module: modules run too late and the page would flash.
(function () {
  const root = document.documentElement;
  if (root.dataset.theme) return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (root.dataset.themeSet !== "fixed") root.dataset.theme = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
})();
