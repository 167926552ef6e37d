/** Times as people say them, in the page's language. */
export function times(lang, t) {
  const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  const date = new Intl.DateTimeFormat(lang, { month: "long", day: "numeric", weekday: "short" });
  const year = new Intl.DateTimeFormat(lang, { year: "numeric", month: "long", day: "numeric" });
  const time = (at) => clock.format(at).replace(/^24/, "00"); // some engines say 24:05
  const day = (at, now = Date.now()) => {
    const days = Math.round((midnight(now) - midnight(at)) / 86400000);
    if (days === 0) return t("today");
    if (days === 1) return t("yesterday");
    if (days === -1) return t("tomorrow");
    return (days < 300 ? date : year).format(at);
  };
  return { time, day, moment: (at, now) => `${day(at, now)} ${time(at)}` };
}

function midnight(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}
