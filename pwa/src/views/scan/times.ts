/** When something happened, in the zone of the phone: whoever scans may be nobody's official. */

import { language } from "../../locales/index.ts";
import { t } from "../../locales/scan.ts";

const locale = () => (language.value === "en" ? "en-GB" : "id-ID");

export function when(milliseconds: number): string {
  const [at, now] = [new Date(milliseconds), new Date()];
  const clock = new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
  if (at.toDateString() === now.toDateString()) return t("today", { clock });
  return `${day(at)}, ${clock}`;
}

const day = (at: Date): string => new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", year: "numeric" }).format(at);

/** A date on paper: days since 1970, in no zone. */
export const onPaper = (days: number): string =>
  new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(days * 86_400_000);
