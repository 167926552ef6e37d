/*
 * Xiaoer on a shop's page, by one tag:
 *
 *   <script async src="https://desk.example.com/widget.js" data-channel="…"></script>
 *   data-channel (else the default one), data-colour, data-side ("left"), data-lang, data-theme ("light", "dark"),
 *   data-kind (of the page: home, product, cart, order)
 *
 *   Xiaoer("open")  Xiaoer("close")  Xiaoer("identify", {id, exp, hmac, name, avatar})  Xiaoer("page", {url, title, kind})
 *   Calls made before this file has come wait, where the page has
 *   window.Xiaoer = window.Xiaoer || function () { (Xiaoer.q = Xiaoer.q || []).push(arguments) };
 *
 * A classic script, since it runs on pages that we know nothing of. What it must survive there:
 * - `* {…!important}`: everything is in a closed shadow root, and its host is reset by important inline properties,
 *   which win over any stylesheet's.
 * - a CSP without 'unsafe-inline': styles are set through CSSOM, the icon is made of elements, no style sheet is needed.
 * - a transformed <body>, which would catch fixed elements: the host is a child of <html>.
 * - frameworks that tidy up <html>: it comes back.
 */
(function () {
  "use strict";
  var script = document.currentScript || document.querySelector('script[src*="/widget.js"]');
  var early = window.Xiaoer;
  if (!script || (early && early.here)) return;

  var options = script.dataset;
  var base = new URL(script.src);
  var channel = options.channel || "";
  var chinese = /^zh/i.test(options.lang || document.documentElement.lang || navigator.language);
  var words = chinese
    ? { open: "在线客服", close: "收起客服窗口", unread: "条新消息" }
    : { open: "Chat with us", close: "Minimise the chat", unread: "new messages" };
  var left = options.side === "left";
  var narrow = matchMedia("(max-width: 520px)");
  var calm = matchMedia("(prefers-reduced-motion: reduce)");

  var frame = null; // the iframe, once it was needed
  var heard = false; // whether the panel in it has spoken
  var shown = false;
  var unread = 0;
  var identity = null;
  var special = {}; // what the shop has said of this page

  // ---- what the browser keeps for us ----

  /*
   * A conversation that is going on is remembered here, at the shop's own origin, so that on the next page the panel
   * is loaded unseen and its answers are counted and heard. Without one nothing is loaded before the first opening.
   * The panel's own storage cannot tell us so much without loading it. It says no more than "1" and the colour.
   */
  function remembered(name) {
    try {
      return localStorage.getItem("xiaoer." + name + "." + channel);
    } catch (_) {
      return null; // storage is blocked: the badge waits for the first opening
    }
  }

  function remember(name, value) {
    try {
      if (value) localStorage.setItem("xiaoer." + name + "." + channel, value);
      else localStorage.removeItem("xiaoer." + name + "." + channel);
    } catch (_) {
      // as above
    }
  }

  // ---- elements ----

  function styled(el, styles) {
    for (var name in styles) el.style.setProperty(name, styles[name], "important");
    return el;
  }

  function svg(name, attributes) {
    var el = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (var key in attributes) el.setAttribute(key, attributes[key]);
    return el;
  }

  /** Lines of Tabler icons (MIT): message-circle with dots, chevron-down. */
  function drawing(path) {
    var el = svg("svg", {
      viewBox: "0 0 24 24", width: 28, height: 28, fill: "none", stroke: "currentColor", "stroke-width": 1.75,
      "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
    });
    el.append(svg("path", { d: path }));
    return styled(el, { display: "block" });
  }

  var font = '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
  var top = "2147483647";
  var shadow = "0 12px 28px -8px rgb(10 20 30 / .5), 0 2px 6px rgb(0 0 0 / .14)";

  var host = styled(document.createElement("xiaoer-chat"), {
    all: "initial", position: "fixed", left: "0", top: "0", width: "0", height: "0", "z-index": top, display: "block", direction: "ltr",
  });
  var root = host.attachShadow({ mode: "closed" });
  var launcher = styled(document.createElement("button"), {
    all: "initial", position: "fixed", bottom: "28px", width: "60px", height: "60px", "border-radius": "22px",
    color: "#fff", display: "grid", "place-items": "center", cursor: "pointer", "box-shadow": shadow, "z-index": top,
    transition: "transform .15s", "-webkit-tap-highlight-color": "transparent",
  });
  launcher.type = "button";
  launcher.style.setProperty(left ? "left" : "right", "28px", "important");
  var talk = drawing("M3 20l1.3 -3.9c-2.324 -3.437 -1.426 -7.872 2.1 -10.374c3.526 -2.501 8.59 -2.296 11.845 .48c3.255 2.777 3.695 7.266 1.029 10.501c-2.666 3.235 -7.615 4.215 -11.574 2.293l-4.7 1M8 12v.01M12 12v.01M16 12v.01");
  var fold = drawing("M6 9l6 6l6 -6");
  var badge = styled(document.createElement("span"), {
    all: "initial", position: "absolute", top: "-5px", right: "-5px", "min-width": "22px", height: "22px", padding: "0 6px",
    "box-sizing": "border-box", "border-radius": "11px", background: "#2f5ae0", color: "#fff", font: "600 12px/22px " + font,
    "text-align": "center", "box-shadow": "0 0 0 3px #fff", display: "none", "pointer-events": "none",
  });
  badge.setAttribute("aria-hidden", "true");
  launcher.append(talk, fold, badge);

  var panel = styled(document.createElement("div"), {
    all: "initial", position: "fixed", display: "none", overflow: "hidden", background: "Canvas", "z-index": top,
    "box-shadow": "0 16px 48px -12px rgb(18 24 40 / .34), 0 0 0 1px rgb(18 24 40 / .06)",
  });
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", words.open);
  panel.id = "panel";
  root.append(panel, launcher);

  launcher.addEventListener("click", function () { shown ? close() : open(); });
  launcher.addEventListener("mouseenter", function () { lift("translateY(-2px)"); });
  launcher.addEventListener("mouseleave", function () { lift("none"); });
  launcher.addEventListener("focus", function () { outline(launcher.matches(":focus-visible")); });
  launcher.addEventListener("blur", function () { outline(false); });

  function lift(transform) {
    if (!calm.matches) styled(launcher, { transform: transform });
  }

  function outline(on) {
    styled(launcher, on ? { outline: "3px solid #2f5ae0", "outline-offset": "3px" } : { outline: "none" });
  }

  // ---- how it looks now ----

  function draw() {
    styled(talk, { display: shown ? "none" : "block" });
    styled(fold, { display: shown ? "block" : "none" });
    styled(launcher, { display: shown && narrow.matches ? "none" : "grid" });
    styled(badge, { display: unread && !shown ? "block" : "none" });
    badge.textContent = unread > 99 ? "99+" : unread;
    launcher.setAttribute("aria-label", shown ? words.close : unread ? words.open + ", " + unread + " " + words.unread : words.open);
    launcher.setAttribute("aria-expanded", String(shown));
    launcher.setAttribute("aria-controls", "panel");
    styled(panel, { display: shown ? "block" : "none" });
    place();
  }

  /** On a phone the panel is all that is seen, above the keyboard; else it stands over the launcher. */
  function place() {
    var view = window.visualViewport || { height: innerHeight, width: innerWidth, offsetTop: 0, offsetLeft: 0 };
    if (narrow.matches) {
      styled(panel, {
        left: view.offsetLeft + "px", top: view.offsetTop + "px", right: "auto", bottom: "auto",
        width: view.width + "px", height: view.height + "px", "border-radius": "0",
      });
      return;
    }
    styled(panel, {
      left: left ? "28px" : "auto", right: left ? "auto" : "28px", top: "auto", bottom: "104px",
      width: "388px", height: Math.max(280, Math.min(680, innerHeight - 132)) + "px", "border-radius": "20px",
    });
  }

  function paint(colour) {
    if (!/^#[0-9a-f]{3,8}$/i.test(colour || "")) return;
    styled(launcher, { background: colour });
  }

  var scrolled; // the shop's own overflow, while ours covers its page

  function cover(on) {
    var html = document.documentElement.style;
    if (on && scrolled === undefined && narrow.matches) {
      scrolled = [html.getPropertyValue("overflow"), html.getPropertyPriority("overflow")];
      html.setProperty("overflow", "hidden", "important");
    } else if (!on && scrolled !== undefined) {
      html.setProperty("overflow", scrolled[0], scrolled[1]);
      scrolled = undefined;
    }
  }

  // ---- opening and closing ----

  function address() {
    var url = new URL("chat", base);
    if (channel) url.searchParams.set("channel", channel);
    if (options.lang) url.searchParams.set("lang", options.lang);
    if (options.theme) url.searchParams.set("theme", options.theme);
    return url;
  }

  function load() {
    if (frame) return;
    frame = styled(document.createElement("iframe"), {
      all: "initial", display: "block", width: "100%", height: "100%", border: "0", background: "transparent",
    });
    frame.title = words.open;
    frame.allow = "clipboard-write; microphone";
    var url = address();
    url.searchParams.set("embed", "1");
    url.hash = "host=" + encodeURIComponent(location.origin);
    frame.src = url.href;
    panel.append(frame);
    listenForTouch();
  }

  function open() {
    if (shown) return;
    if (frame && !heard && Date.now() - open.at > 8000) return void window.open(address().href, "_blank", "noopener"); // this page forbids frames
    load();
    open.at = open.at || Date.now();
    shown = true;
    draw();
    cover(true);
    if (!calm.matches && panel.animate) {
      panel.animate([{ opacity: 0, transform: "translateY(12px)" }, { opacity: 1, transform: "none" }], { duration: 160, easing: "ease-out" });
    }
    frame.focus();
    tell("shown", { shown: true });
  }

  function close() {
    if (!shown) return;
    shown = false;
    cover(false);
    draw();
    tell("shown", { shown: false });
    launcher.focus();
  }

  // ---- speaking with the panel ----

  function tell(type, more) {
    if (heard) frame.contentWindow.postMessage(Object.assign({ xiaoer: 1, type: type }, more), base.origin);
  }

  var hear = {
    hello: function () { // again after each load, and when the visitor changes the language
      heard = true;
      tell("init", { page: page(), identity: identity, shown: shown });
    },
    unread: function (data) {
      unread = Number(data.count) || 0;
      draw();
    },
    alive: function (data) {
      remember("alive", data.alive ? "1" : "");
      if (data.colour && !options.colour) {
        remember("colour", data.colour);
        paint(data.colour);
      }
    },
    close: close,
    ring: ring,
  };

  addEventListener("message", function (event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== base.origin) return;
    var data = event.data;
    if (data && data.xiaoer === 1 && Object.prototype.hasOwnProperty.call(hear, data.type)) hear[data.type](data);
  });

  // ---- sound: a frame that nobody has touched may make none, the page around it may ----

  var audio = null;

  function listenForTouch() {
    var Audio = window.AudioContext || window.webkitAudioContext;
    var touch = function () {
      removeEventListener("pointerdown", touch, true);
      removeEventListener("keydown", touch, true);
      audio = Audio ? new Audio() : null;
    };
    addEventListener("pointerdown", touch, true);
    addEventListener("keydown", touch, true);
  }

  function ring() {
    if (!audio || audio.state !== "running") return;
    [880, 1175].forEach(function (frequency, i) {
      var at = audio.currentTime + i * 0.12;
      var gain = audio.createGain();
      var wave = audio.createOscillator();
      gain.gain.setValueAtTime(0.12, at);
      gain.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
      wave.frequency.value = frequency;
      wave.connect(gain);
      gain.connect(audio.destination);
      wave.start(at);
      wave.stop(at + 0.32);
    });
  }

  // ---- the page that the visitor is on ----

  function page() {
    return Object.assign(
      { url: location.href.slice(0, 2000), title: document.title.slice(0, 200), referrer: document.referrer.slice(0, 2000), kind: options.kind || undefined },
      special,
    );
  }

  var sending = 0;

  /** A second later: the title comes after the address, and the desk hears of one page a second. */
  function moved() {
    clearTimeout(sending);
    sending = setTimeout(function () { tell("page", { page: page() }); }, 1100);
  }

  function navigated() {
    if (navigated.last === location.href) return;
    navigated.last = location.href;
    special = {};
    moved();
  }
  navigated.last = location.href;

  ["pushState", "replaceState"].forEach(function (name) {
    var original = history[name];
    history[name] = function () {
      var result = original.apply(this, arguments);
      navigated();
      return result;
    };
  });
  addEventListener("popstate", navigated);
  addEventListener("hashchange", navigated);

  // ---- what the shop may call ----

  var calls = {
    open: open,
    close: close,
    identify: function (who) {
      identity = who ? { id: String(who.id), exp: who.exp, hmac: who.hmac, name: who.name, avatar: who.avatar } : null;
      tell("identify", { identity: identity });
    },
    page: function (about) {
      special = { kind: about && about.kind };
      ["url", "title"].forEach(function (name) { if (about && about[name]) special[name] = String(about[name]); });
      moved();
    },
  };

  window.Xiaoer = function (call, argument) {
    if (Object.prototype.hasOwnProperty.call(calls, call)) calls[call](argument);
    else console.warn("Xiaoer knows no " + call);
  };
  window.Xiaoer.here = true;

  // ---- begin ----

  function settle() {
    if (!host.isConnected) document.documentElement.append(host);
  }

  addEventListener("keydown", function (event) {
    if (event.key === "Escape" && shown && !event.defaultPrevented) close();
  });
  addEventListener("resize", place);
  if (window.visualViewport) {
    visualViewport.addEventListener("resize", place);
    visualViewport.addEventListener("scroll", place);
  }
  narrow.addEventListener("change", function () { cover(false); cover(shown); draw(); });

  paint("#2b6a4d");
  paint(options.colour || remembered("colour"));
  draw();
  settle();
  new MutationObserver(settle).observe(document.documentElement, { childList: true });
  ((early && early.q) || []).forEach(function (call) { window.Xiaoer.apply(null, call); });
  if (remembered("alive")) setTimeout(load, 300); // the page's own things first
})();
