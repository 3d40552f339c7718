/** What a scanned code is worth, decided from the phone alone: whose address, whose claim, what became of it. */

import { Forged, readClaim, statusOf, Unknown, type Issued, type Jwk, type StatusList } from "./claim.ts";

export type Verdict =
  /** By our list as of its date. */
  | { kind: "valid" | "revoked" | "superseded" | "not-issued"; code: string; issued: Issued; listed: number }
  /** Our claim, but nothing at hand says what became of it since. */
  | { kind: "unsure"; code: string; issued: Issued; listed: number | null }
  /** An address of ours without a claim: only the record can say more. */
  | { kind: "address"; code: string }
  /** Looks like a claim, of a key or version that this phone has not heard of. */
  | { kind: "unheard"; code: string }
  | { kind: "forged"; why: "claim" | "look-alike"; host: string }
  /** The address of some other house's paper. */
  | { kind: "foreign"; host: string }
  /** Not the code of a paper at all. */
  | { kind: "other"; text: string };

export interface Known {
  /** Ours: scheme, host and port. */
  origin: string;
  keys: Jwk[];
  list: StatusList | null;
}

const PAPER = /^\/v\/([0-9A-Za-z-]{8,40})\/?$/;

export async function judge(text: string, known: Known): Promise<Verdict> {
  let address: URL;
  try {
    address = new URL(text.trim());
  } catch {
    return { kind: "other", text };
  }
  const code = PAPER.exec(address.pathname)?.[1];
  if (address.origin !== known.origin || address.username || address.password) return elsewhere(address, known, text);
  if (!code) return { kind: "other", text };
  if (!address.hash) return { kind: "address", code };
  try {
    const issued = await readClaim(address, known.keys);
    const listed = known.list?.at ?? null;
    const status = known.list && known.list.at >= issued.at ? statusOf(known.list, issued.claim.index) : undefined;
    if (!status || listed === null) return { kind: "unsure", code, issued, listed };
    return { kind: status, code, issued, listed };
  } catch (error) {
    if (error instanceof Unknown) return { kind: "unheard", code };
    if (error instanceof Forged) return { kind: "forged", why: "claim", host: address.host };
    throw error;
  }
}

function elsewhere(address: URL, { origin }: Known, text: string): Verdict {
  const papers = PAPER.test(address.pathname);
  if (resembles(address, new URL(origin)) && (papers || /^https?:$/.test(address.protocol)))
    return { kind: "forged", why: "look-alike", host: address.host };
  if (papers) return { kind: "foreign", host: address.host };
  return { kind: "other", text };
}

/** Whether a host could be taken for ours by somebody who reads it in the sun. */
export function resembles(address: URL, own: URL): boolean {
  if (address.username || address.password) return true;
  const [theirs, ours] = [folded(address.hostname), folded(own.hostname)];
  if (theirs === ours || theirs.includes(ours)) return true;
  return distance(theirs, ours) <= Math.max(1, Math.floor(ours.length / 6));
}

/** Without dots and dashes, and with characters that look alike made one. */
const folded = (host: string): string =>
  host
    .replace(/^www\./, "")
    .replace(/[.-]/g, "")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replace(/[01l5]/g, (one) => ({ 0: "o", 1: "i", l: "i", 5: "s" })[one] as string);

/** Levenshtein's: letters to add, drop or change. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
