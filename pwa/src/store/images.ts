/** Page images as the phone shows them: fetched once, digested, then displayed from those very bytes. */

import { effect } from "@preact/signals";
import { call } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { Rendition } from "../api/types.ts";
import { sha256 } from "../lib/bytes.ts";
import { session } from "./session.ts";

export interface Shown {
  url: string;
  /** Digest of the bytes that are on the screen, hex. */
  sha256: string;
}

/** What lies on this phone, by digest; lent by the sync chunk once the person opened it. */
let onPhone: (sha256: string) => Promise<ArrayBuffer | null> = async () => null;
export const lendImages = (lent: typeof onPhone): void => void (onPhone = lent);

const KEPT = 80;
/** By the digest that was announced. */
const images = new Map<string, Promise<Shown>>();

function drop(digest: string): void {
  void images.get(digest)?.then((shown) => URL.revokeObjectURL(shown.url)).catch(() => undefined);
  images.delete(digest);
}

type Drawn = Pick<Rendition, "url" | "type" | "sha256">;

async function fetchImage({ url, type, sha256: expected }: Drawn): Promise<Shown> {
  const bytes =
    (await onPhone(expected)) ?? (await (await call("GET", url, { headers: { Accept: type }, timeout: 45_000 })).arrayBuffer());
  const digest = await sha256(bytes);
  if (digest !== expected) throw new Problem("client/image-altered");
  return { url: URL.createObjectURL(new Blob([bytes], { type })), sha256: digest };
}

export function loadImage(rendition: Drawn): Promise<Shown> {
  const known = images.get(rendition.sha256);
  if (known) return known;
  const coming = fetchImage(rendition);
  images.set(rendition.sha256, coming);
  coming.catch(() => images.delete(rendition.sha256));
  if (images.size > KEPT) drop(images.keys().next().value as string);
  return coming;
}

// What one person looked at never outlives their session in this browser.
let owner: string | undefined;
effect(() => {
  const now = session.value?.person.id;
  if (owner && now !== owner) [...images.keys()].forEach(drop);
  owner = now;
});
