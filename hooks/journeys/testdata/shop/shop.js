// What shops do: call before the widget is there, change the address without a load, and tidy up <html>.
window.Xiaoer = window.Xiaoer || function () {
  (Xiaoer.q = Xiaoer.q || []).push(arguments);
};
Xiaoer("page", { kind: "product" });

addEventListener("DOMContentLoaded", function () {
  document.getElementById("ask").addEventListener("click", function () {
    Xiaoer("open");
  });
  document.getElementById("navigate").addEventListener("click", function () {
    history.pushState({}, "", "/product/tea");
    document.title = "秋梨膏 · 禾野优选";
  });
});
