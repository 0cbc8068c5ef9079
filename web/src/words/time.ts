/** Time in words. Moments come from the server in UTC and are always shown as UTC. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function plural(n: number, unit: string): string {
  return `${n} ${unit}${n === 1 ? "" : "s"}`;
}

/** A length of time as a person would say it: "3 hours", "2 days". */
export function span(milliseconds: number): string {
  if (milliseconds < MINUTE) return "less than a minute";
  if (milliseconds < HOUR) return plural(Math.floor(milliseconds / MINUTE), "minute");
  if (milliseconds < DAY) return plural(Math.floor(milliseconds / HOUR), "hour");
  return plural(Math.floor(milliseconds / DAY), "day");
}

/** How long ago a moment was; a moment of the near future (another clock) counts as now. */
export function ago(moment: string, now: Date): string {
  const passed = now.getTime() - new Date(moment).getTime();
  return passed < MINUTE ? "just now" : `${span(passed)} ago`;
}

/** The moment in full, to the second: "2026-11-22 18:23:05 UTC". */
export function utc(moment: string | Date): string {
  const iso = new Date(moment).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
