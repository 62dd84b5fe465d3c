// Keeps <time data-ago datetime="…"> and <time data-since datetime="…"> current.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NBSP = "\u00a0";

/** Seconds as "42 s", "5 min", "3 h", "2 days". */
export const span = (seconds) => {
  if (seconds < MINUTE) return `${seconds}${NBSP}s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}${NBSP}min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}${NBSP}h`;
  const days = Math.floor(seconds / DAY);
  return `${days} ${days === 1 ? "day" : "days"}`;
};

const ago = (seconds) => {
  if (seconds > -MINUTE && seconds < 5) return "now";
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
};

const clock = (seconds) => {
  const part = (value) => String(Math.floor(value)).padStart(2, "0");
  const rest = `${part((seconds % HOUR) / MINUTE)}:${part(seconds % MINUTE)}`;
  return seconds >= HOUR ? `${Math.floor(seconds / HOUR)}:${rest}` : rest;
};

/** Rewrite every relative time on the page. */
export const tickTimes = () => {
  for (const time of document.querySelectorAll("time[data-ago], time[data-since]")) {
    const seconds = Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000);
    const text = "since" in time.dataset ? clock(Math.max(0, seconds)) : ago(seconds);
    if (time.textContent !== text) time.textContent = text;
  }
};

// English only: other languages keep what the server wrote until the page is loaded again.
if (document.documentElement.lang.startsWith("en")) setInterval(tickTimes, 1000);
