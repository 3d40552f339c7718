/** The issuer's keys and list: kept on the phone, and how old they are. They are public, and nobody's. */

import { get, put } from "../lib/db.ts";
import { readList, type Jwk, type StatusList } from "./claim.ts";

interface Part<T> {
  value: T;
  etag: string | null;
  /** When the server was last asked; epoch milliseconds of this phone. */
  at: number;
}

interface Kept {
  keys?: Part<Jwk[]>;
  list?: Part<Uint8Array<ArrayBuffer>>;
}

export interface Issuer {
  keys: Jwk[];
  list: StatusList | null;
  /** When each was last known to be the newest; epoch milliseconds, null when never. */
  keysAt: number | null;
  listAt: number | null;
}

const KEY = "issuer";
const KEYS = "/.well-known/jwks.json";
const LIST = "/.well-known/status/1";
const PATIENCE = 8000;

const keptParts = async (): Promise<Kept> => (await get<Kept>("public", KEY).catch(() => undefined)) ?? {};

/** What is on the phone; a list that does not verify counts for nothing. */
export async function held(): Promise<Issuer> {
  const kept = await keptParts();
  const keys = kept.keys?.value ?? [];
  const list = kept.list ? await readList(kept.list.value, location.origin + LIST, keys).catch(() => null) : null;
  return { keys, list, keysAt: kept.keys?.at ?? null, listAt: list ? (kept.list?.at ?? null) : null };
}

/** Asks for what changed. False when there was no answer. */
export async function refresh(): Promise<boolean> {
  const kept = await keptParts();
  const fetched = await Promise.all([
    part(KEYS, kept.keys, async (answer) => ((await answer.json()) as { keys: Jwk[] }).keys),
    part(LIST, kept.list, async (answer) => new Uint8Array(await answer.arrayBuffer())),
  ]).catch(() => null);
  if (!fetched) return false;
  const [keys, list] = fetched;
  await put("public", KEY, { keys, list } satisfies Kept).catch(() => undefined);
  return true;
}

async function part<T>(path: string, before: Part<T> | undefined, read: (answer: Response) => Promise<T>): Promise<Part<T>> {
  const headers: Record<string, string> = before?.etag ? { "If-None-Match": before.etag } : {};
  const answer = await fetch(path, { headers, cache: "no-cache", credentials: "omit", redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
  const at = Date.now();
  if (answer.status === 304 && before) return { ...before, at };
  if (answer.status !== 200) throw new Error(String(answer.status));
  return { value: await read(answer), etag: answer.headers.get("ETag"), at };
}
