/** Which page images the phone fetches ahead and which it lets go: the most urgent first, within its room. */

export interface Image {
  url: string;
  type: string;
  bytes: number;
  sha256: string;
}

export interface Wanting {
  /** Smaller is more urgent. */
  rank: number;
  images: Image[];
}

export interface Line {
  saveData?: boolean;
  effectiveType?: string;
}

/** Of all images together; never more than a tenth of what the browser grants. */
export const ROOM = 48 * 1024 * 1024;
export const room = (quota: number | undefined): number => Math.min(ROOM, quota ? quota / 10 : ROOM);

/** Only where it costs nobody anything: not when told to save, nor on a line that is slow or paid by the byte. */
export const good = (line: Line | undefined): boolean =>
  !line || !(line.saveData || /^(slow-)?2g$|^3g$/.test(line.effectiveType ?? ""));

export interface Plan {
  fetch: Image[];
  drop: string[];
}

/** A paper comes whole or not at all: half of one cannot be ticked. */
export function plan(papers: Wanting[], held: ReadonlySet<string>, most: number): Plan {
  const wanted = new Map<string, Image>();
  let left = most;
  for (const { images } of [...papers].sort((a, b) => a.rank - b.rank)) {
    const more = images.filter(({ sha256 }) => !wanted.has(sha256));
    const size = more.reduce((sum, { bytes }) => sum + bytes, 0);
    if (size > left) continue;
    left -= size;
    for (const image of more) wanted.set(image.sha256, image);
  }
  return {
    fetch: [...wanted.values()].filter(({ sha256 }) => !held.has(sha256)),
    drop: [...held].filter((sha256) => !wanted.has(sha256)),
  };
}

const URGENCY = { "amat-segera": 0, segera: 1, biasa: 2 } as const;

/** Urgency first, then the nearest deadline; without one, last. */
export function rankOf({ urgency, due_at }: { urgency: keyof typeof URGENCY; due_at: string | null }): number {
  const minutes = due_at ? Math.floor(Date.parse(due_at) / 60_000) : 99_999_999;
  return URGENCY[urgency] * 100_000_000 + Math.min(minutes, 99_999_999);
}
