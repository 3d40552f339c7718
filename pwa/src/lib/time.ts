/** Times as a clerk would say them, in the agency's zone. */

import { language } from "../locales/index.ts";

export type Zone = "WIB" | "WITA" | "WIT";
const IANA: Record<Zone, string> = { WIB: "Asia/Jakarta", WITA: "Asia/Makassar", WIT: "Asia/Jayapura" };

const HOUR = 3_600_000;
/** Below this, a deadline is said in hours and minutes, and in red. */
export const SOON = 4 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions, zone: Zone): Intl.DateTimeFormat {
  const locale = language.value === "en" ? "en-GB" : "id-ID";
  const key = locale + zone + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, { ...options, timeZone: IANA[zone] })));
  return made;
}

/** 09.14 in Indonesian, 09:14 in English. */
export const clock = (at: Date, zone: Zone): string =>
  format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone).format(at);

/** A day's own number in the zone, for telling days apart. */
export const day = (at: Date, zone: Zone): string =>
  format({ year: "numeric", month: "2-digit", day: "2-digit" }, zone).format(at);

export const date = (at: Date, zone: Zone): string =>
  format({ day: "numeric", month: "short", year: "numeric" }, zone).format(at);

export const longDate = (at: Date, zone: Zone): string =>
  format({ day: "numeric", month: "long", year: "numeric" }, zone).format(at);

const weekday = (at: Date, zone: Zone): string => format({ weekday: "short" }, zone).format(at);
const dayMonth = (at: Date, zone: Zone): string => format({ day: "numeric", month: "short" }, zone).format(at);

/** When something happened: the clock today, the weekday within a week, the date before that. */
export function moment(at: Date, now: Date, zone: Zone): string {
  if (day(at, zone) === day(now, zone)) return clock(at, zone);
  if (Math.abs(now.getTime() - at.getTime()) < 6 * 24 * HOUR) return `${weekday(at, zone)} ${clock(at, zone)}`;
  return at.getUTCFullYear() === now.getUTCFullYear() ? dayMonth(at, zone) : date(at, zone);
}

function span(milliseconds: number): string {
  const english = language.value === "en";
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (minutes < 60) return english ? `${minutes} min` : `${minutes} menit`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return english ? `${hours} h` : `${hours} jam`;
  const days = Math.round(hours / 24);
  return english ? `${days} days` : `${days} hari`;
}

export interface Due {
  text: string;
  hot: boolean;
}

/** A deadline: relative when near or past, by clock today, by weekday this week, by date later. */
export function due(at: Date, now: Date, zone: Zone): Due {
  const left = at.getTime() - now.getTime();
  const english = language.value === "en";
  if (left < 0) return { text: english ? `${span(-left)} late` : `lewat ${span(-left)}`, hot: true };
  if (left < SOON) return { text: english ? `in ${span(left)}` : `${span(left)} lagi`, hot: true };
  return { text: moment(at, now, zone), hot: false };
}

export type Group = "today" | "later" | "undated";

/** Where a paper lies in the pile: due today or late, due later, or without a deadline. */
export function group(at: Date | null, now: Date, zone: Zone): Group {
  if (!at) return "undated";
  return at <= now || day(at, zone) === day(now, zone) ? "today" : "later";
}
