/** What a screen says of many papers: by kind, how long still, how often to ask. */

import type { BatchItem, BatchSummary, PreflightItem } from "../api/signing-types.ts";
import type { InboxItem } from "../api/types.ts";

/** As many as one activation signs. */
export const MOST = 500;
const FIRST = 1_000;
const SLOWEST = 5_000;

/** The pause before the next question: short while things happen, longer while they do not. */
export const nextPause = (last: number, changed: boolean): number => (changed ? FIRST : Math.min(SLOWEST, last * 1.4));

/** How many there are of each, most first: «20 SPM, 12 SE». */
export function tally(names: string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
}

export const progressOf = (batch: BatchSummary): string => [batch.state, batch.done, batch.failed, batch.unknown, batch.remaining].join(" ");

/** Seconds that the rest takes at the pace seen so far; null while there is nothing to go by. */
export function secondsLeft(done: number, remaining: number, elapsed: number): number | null {
  if (done < 3 || elapsed < 2_000 || !remaining) return null;
  return Math.max(1, Math.round((remaining * elapsed) / done / 1000));
}

/** The number that is read aloud: by tens, and the last. */
export const spoken = (done: number, total: number): number => (done === total ? done : done - (done % 10));

/** May be chosen from the list: read and ticked by this person, and to be signed. */
export const signable = (item: InboxItem): boolean => item.action === "sign" && item.state === "ticked" && item.ticked_at !== null;

/** To be signed, but not read yet: opened from the list, never ticked from it. */
export const unread = (item: InboxItem): boolean => item.action === "sign" && item.state === "open";

export const named = ({ number, subject }: Pick<BatchItem | PreflightItem, "number" | "subject">): string =>
  number ? `${number}, ${subject}` : subject;
