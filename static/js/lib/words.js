/**
 * An area's words in the page's language.
 *
 *   const t = await words("chat");   t("recalled_by", { Name })   t("minutes", { Count: 3 })
 */
export async function words(area, lang = document.documentElement.lang) {
  const { default: all } = await import(`../locale/${area}.${lang}.js`);
  return (key, values = {}) => {
    const found = all[key];
    if (found === undefined) return key;
    const text = typeof found === "string" ? found : (values.Count === 1 && found.one) || found.other;
    return text.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (_, name) => values[name] ?? "");
  };
}
