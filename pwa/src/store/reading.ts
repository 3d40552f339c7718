/** Which pages of a version this person has read here, with the digests that were displayed. */

import { get, put } from "../lib/db.ts";
import { signedIn } from "./session.ts";

/** Page ordinal → digest of the image that was on the screen. */
export type Read = ReadonlyMap<number, string>;

const keyOf = (versionId: string): string => `${signedIn().person.id} ${versionId}`;

export async function readSoFar(versionId: string): Promise<Read> {
  return new Map(await get<[number, string][]>("reading", keyOf(versionId)));
}

export const keepRead = (versionId: string, read: Read): Promise<unknown> =>
  put("reading", keyOf(versionId), [...read]);
