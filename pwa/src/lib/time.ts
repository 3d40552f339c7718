/** Times as a clerk would say them, in the agency's zone. */

import { language } from "../locales/index.ts";

export type Zone = "WIB" | "WITA" | "WIT";
/** Hours ahead of UTC, all year round. */
const AHEAD: Record<Zone, number> = { WIB: 7, WITA: 8, WIT: 9 };

const HOUR = 3_600_000;
/** Below this, a deadline is said in hours and minutes, and in red. */
export const SOON = 4 * HOUR;

interface Names {
  days: string[];
  months: string[];
  /** Where it is not the first three letters. */
  short: Record<string, string>;
}
// Written out: the browser's own formats cost a slow phone a tenth of a second before anything is drawn.
const NAMES: Record<"id" | "en", Names> = {
  id: {
    days: ["Min", "Sen", "Sel", "Rab", "Kam", "Jum", "Sab"],
    months: ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"],
    short: { Agustus: "Agu" },
  },
  en: {
    days: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    short: { September: "Sept" },
  },
};
const names = (): Names => NAMES[language.value];

/** The same moment, with the zone's own hands where a Date says UTC. */
const local = (at: Date, zone: Zone): Date => new Date(at.getTime() + AHEAD[zone] * HOUR);
const two = (number: number): string => String(number).padStart(2, "0");
const monthOf = (at: Date): string => names().months[at.getUTCMonth()] as string;
const shortMonthOf = (at: Date): string => names().short[monthOf(at)] ?? monthOf(at).slice(0, 3);

/** 09.14 in Indonesian, 09:14 in English. */
export function clock(at: Date, zone: Zone): string {
  const there = local(at, zone);
  return [two(there.getUTCHours()), two(there.getUTCMinutes())].join(language.value === "en" ? ":" : ".");
}

/** For telling days apart in the zone. */
export const day = (at: Date, zone: Zone): string => local(at, zone).toISOString().slice(0, 10);

function dayMonth(at: Date, zone: Zone): string {
  const there = local(at, zone);
  return `${there.getUTCDate()} ${shortMonthOf(there)}`;
}
export const date = (at: Date, zone: Zone): string => `${dayMonth(at, zone)} ${local(at, zone).getUTCFullYear()}`;

export function longDate(at: Date, zone: Zone): string {
  const there = local(at, zone);
  return `${there.getUTCDate()} ${monthOf(there)} ${there.getUTCFullYear()}`;
}

const weekday = (at: Date, zone: Zone): string => names().days[local(at, zone).getUTCDay()] as string;

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
