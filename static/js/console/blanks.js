// A small form over the composer for what stands in braces and is not known: one
// field a name, Enter goes on, and what was said is known in this conversation
// from then on.
import { html, useLayoutEffect, useRef } from "../vendor/preact-11.2.0.js";
import { Icon, IconButton } from "./parts.js";
import { fill, given, remember, remembered, variables } from "./variables.js";
import { t } from "./words.js";

// Blanks asks for the variables of text. onDone gets the text as it was filled in;
// onAsIs, where there is one, lets it go as it stands.
export function Blanks({ c, text, onDone, onAsIs, onClose }) {
  const ref = useRef();
  const known = { ...given(c), ...remembered(c) };
  const names = variables(text).filter((name) => !given(c)[name]);
  const fields = () => [...ref.current.querySelectorAll("input")];
  useLayoutEffect(() => { (fields().find((x) => !x.value) ?? fields()[0])?.select(); }, []);
  const submit = (e) => {
    e.preventDefault();
    const empty = fields().find((x) => !x.value.trim());
    if (empty && onAsIs) return empty.focus();
    const said = Object.fromEntries(fields().map((x) => [x.name, x.value.trim()]).filter(([, value]) => value));
    remember(c.id, said);
    onDone(fill(text, { ...given(c), ...said }));
  };
  const keys = (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); onClose(); }
    if (e.key !== "Enter" || e.target.tagName !== "INPUT") return;
    e.preventDefault();
    const all = fields();
    const next = all[all.indexOf(e.target) + 1];
    if (next) next.select();
    else submit(e);
  };
  return html`<form class="blanks pop open" ref=${ref} aria-label=${t("blanks")} onSubmit=${submit} onKeyDown=${keys}>
    <div class="hd"><${Icon} name="forms" size="sm" /><span class="grow">${t(onAsIs ? "blanks_send" : "blanks")}</span><${IconButton} icon="x" cls="sm" label=${t("cancel")} onClick=${onClose} /></div>
    <p class="blanks-text">${pieces(text, known).map(([piece, name]) => (name ? html`<mark>${piece}</mark>` : piece))}</p>
    <div class="blanks-f">${names.map((name) => html`<label class="inp" key=${name}><span>${name}</span><input class="txt" name=${name} defaultValue=${known[name]} maxlength="200" autocomplete="off" /></label>`)}</div>
    <div class="row end">${onAsIs && html`<button type="button" class="btn sm ghost" onClick=${onAsIs}>${t("blanks_as_is")}</button>`}<button class="btn sm pri">${t(onAsIs ? "blanks_filled" : "key_insert")}</button></div>
  </form>`;
}

// pieces are a text's parts, those that are still in braces with their names.
const pieces = (text, known) => fill(text, known).split(/(\{[^{}\s]{1,12}\})/).filter(Boolean).map((piece) => [piece, /^\{[^{}\s]{1,12}\}$/.test(piece)]);
