// Moments that the server has written down, in the reader's own zone and
// language. Pages that bring new ones call it again.

const format = (options) => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, ...options });
const thisYear = format({ month: "short", day: "numeric" });
const otherYear = format({ year: "numeric", month: "short", day: "numeric" });

export function showMoments(root = document) {
  for (const time of root.querySelectorAll("time[data-when]")) {
    const at = new Date(time.dateTime);
    time.textContent = (at.getFullYear() === new Date().getFullYear() ? thisYear : otherYear).format(at);
    time.title = at.toLocaleString(document.documentElement.lang);
    time.removeAttribute("data-when");
  }
}
