// The snippet follows what is chosen above it.

const snippet = document.getElementById("snippet");
const whole = snippet.dataset.snippet;

function write() {
  let more = "";
  for (const name of ["side", "lang", "theme", "kind"]) {
    const { value } = document.getElementById(name);
    if (value) more += ` data-${name}="${value}"`;
  }
  snippet.textContent = whole.replace("></script>", `${more}></script>`);
}
for (const name of ["side", "lang", "theme", "kind"]) document.getElementById(name).addEventListener("change", write);
write();
