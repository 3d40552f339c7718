/** Whether the server was reached last time, since when not, and how far our clock is from its. */

import { signal } from "@preact/signals";

/** When the network went away; null while the server answers. */
export const offlineSince = signal<Date | null>(
  typeof navigator !== "undefined" && navigator.onLine === false ? new Date() : null,
);

/** Server's clock minus ours, milliseconds. */
let skew = 0;
/** The same to the second, as last measured; remembered for starts without a line. */
const MEASURED = "skew";

export const noteOnline = (): void => void (offlineSince.value = null);
export const noteOffline = (): void => void (offlineSince.value ??= new Date());

export function noteServerTime(header: string | null): void {
  const then = header ? Date.parse(header) : Number.NaN;
  // The header is cut to the second; within a minute the phone's own clock is good enough.
  if (Number.isNaN(then)) return;
  try {
    localStorage.setItem(MEASURED, String(Math.round((Date.now() - then) / 1000)));
  } catch {
    // Private windows may refuse storage; then the phone's clock is taken as it is.
  }
  skew = Math.abs(then - Date.now()) > 60_000 ? then - Date.now() : 0;
}

/** By how many seconds this clock was ahead of the server's when they last spoke. */
export function measuredSkew(): number {
  try {
    return Number(localStorage.getItem(MEASURED)) || 0;
  } catch {
    return 0;
  }
}

/** Now, as the server would say it; for statements and for the countdown of codes. */
export const serverNow = (): Date => new Date(Date.now() + skew);
export const epoch = (): number => Math.floor(serverNow().getTime() / 1000);

if (typeof window !== "undefined") {
  window.addEventListener("offline", noteOffline);
  window.addEventListener("online", noteOnline);
}
