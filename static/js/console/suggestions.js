// What is suggested while one types, and what becomes of it once it is chosen.
import { html, useEffect, useLayoutEffect, useState } from "../vendor/preact-11.2.0.js";
import { fill, given, remembered, variables } from "./variables.js";
import * as attach from "./attach.js";
import * as composing from "./composing.js";
import * as drafts from "./drafts.js";
import * as store from "./store.js";
import * as suggest from "./suggest.js";
import { t } from "./words.js";

// useSuggestions is for the composer whose textarea ref is. Nothing is suggested
// while asking; setAsking has what stands in braces asked for.
export function useSuggestions({ c, mode, ref, asking, setAsking, submit }) {
  const [open, setOpen] = useState(null); // {sign, from, word, at, heading?}
  const part = !asking && open && suggest.parts.value[open.sign];
  const list = part?.find?.({ ...open, c }) ?? [];
  const replies = suggest.parts.value["/"];
  const picked = composing.picked.value;
  useLayoutEffect(() => { setOpen(null); }, [c.id, mode]);
  useEffect(() => { part?.learn?.(c.id); }, [c.id, part]);

  // place puts words where "/" or "@" and what followed it stand.
  const place = (words, from, to) => {
    const el = ref.current;
    const head = el.value.slice(0, open?.from ?? el.selectionStart);
    const tail = el.value.slice(el.selectionStart);
    setOpen(null);
    composing.set(c.id, head + words + tail, mode, head.length + (from ?? words.length), head.length + (to ?? words.length));
  };
  const choose = (r, now) => {
    replies.used(r);
    if (r.file) replies.picture(r).then((file) => attach.add(c.id, [file])).catch(() => store.toast(t("quick_picture_failed"), "bad"));
    const said = fill(r.text, { ...given(c), ...remembered(c) });
    const done = (words) => {
      setAsking(null);
      const left = /\{[^{}\s]{1,12}\}/.exec(words);
      place(words, left?.index, left && left.index + left[0].length);
      if (now && !r.file && !left) { ref.current.value = drafts.draftOf(c.id)[mode]; submit(); }
    };
    if (!variables(said).length) return done(said);
    setAsking({ text: r.text, onDone: done });
  };
  const pick = (one, now) => (one.person ? place(`@${one.person.name} `) : choose(one.reply, now));
  useLayoutEffect(() => { // a quick reply that was chosen elsewhere
    if (picked?.conversation !== c.id) return;
    if (mode === "note") return drafts.turn(c.id, "reply");
    if (!replies) return suggest.warm();
    composing.picked.value = null;
    choose(picked.reply);
  }, [picked, mode, replies]);

  // keys takes those that are for what is suggested, and tells whether it has.
  const keys = (e) => {
    if (!open || asking) return false;
    if (e.key === "Enter" && !part) return true; // it is being fetched: a half “/word” is no answer
    if (e.key === "Escape") { e.stopPropagation(); setOpen(null); return true; }
    if (!list.length) return false;
    const move = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (move) setOpen({ ...open, at: (open.at + move + list.length) % list.length });
    else if (e.key === "Tab" && part.next) setOpen({ ...open, at: 0, heading: part.next(open.heading, e.shiftKey ? -1 : 1) });
    else if ((e.key === "Enter" && !e.shiftKey) || e.key === "Tab") pick(list[open.at], e.metaKey || e.ctrlKey);
    else return false;
    return true;
  };

  return {
    list, keys, at: open?.at,
    sense() {
      const asked = suggest.sense(ref.current.value, ref.current.selectionStart, mode);
      setOpen(asked && { ...asked, at: 0, heading: open?.heading });
    },
    slash() { setOpen(open ? null : { sign: "/", from: ref.current.selectionStart, word: "", at: 0 }); ref.current.focus(); },
    close: () => setOpen(null),
    popup: () => part && html`<${part.Popup} open=${open} list=${list} onPick=${pick} onPoint=${(at) => setOpen({ ...open, at })} onHeading=${(heading) => setOpen({ ...open, at: 0, heading })} />`,
  };
}
