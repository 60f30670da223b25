/** Times and durations for the eye. The one module of the page that reads the clock. */
import { element } from "./elements.js";
import { LOCALE } from "./numbers.js";

/** Milliseconds in the unit that fits: `12 ms`, `1.2 s`, `3 min 4 s`. */
export function duration(ms) {
  if (ms < 995) return `${Math.max(1, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A time of the service (RFC 3339) as an element: today's times without their date, this year's dates without their year. */
export function moment(iso) {
  const at = new Date(iso);
  const today = new Date();
  const format = { hour: "2-digit", minute: "2-digit" };
  if (at.toDateString() !== today.toDateString()) {
    Object.assign(format, { day: "numeric", month: "short" });
  }
  if (at.getFullYear() !== today.getFullYear()) format.year = "numeric";
  return element(
    "time",
    { datetime: iso, title: at.toLocaleString(LOCALE, { dateStyle: "full", timeStyle: "long" }) },
    new Intl.DateTimeFormat(LOCALE, format).format(at),
  );
}
