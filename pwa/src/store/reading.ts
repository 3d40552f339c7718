/** Which pages of a version this person has read here, with the digests that were displayed. */

import type { StepDetail } from "../api/types.ts";
import { get, put } from "../lib/db.ts";
import { signedIn } from "./session.ts";

/** Page ordinal → digest of the image that was on the screen. */
export type Read = ReadonlyMap<number, string>;

const keyOf = (versionId: string): string => `${signedIn().person.id} ${versionId}`;

/** Without the pages that look different now: those were read as something else. */
export async function readSoFar({ id, pages }: StepDetail["version"]): Promise<Read> {
  const now = new Map(pages.map((page) => [page.ordinal, page.image.sha256]));
  const kept = (await get<[number, string][]>("reading", keyOf(id))) ?? [];
  return new Map(kept.filter(([ordinal, digest]) => now.get(ordinal) === digest));
}

export const keepRead = (versionId: string, read: Read): Promise<unknown> =>
  put("reading", keyOf(versionId), [...read]);
