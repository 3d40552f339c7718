/** What this phone holds for the person signed in: sealed on the disk, open in this page after the PIN. */

import { effect, signal } from "@preact/signals";
import { Problem } from "../api/problem.ts";
import type { ActivationKey, Preflights } from "../api/signing-types.ts";
import type { Secrecy, StepDetail } from "../api/types.ts";
import { utf8 } from "../lib/bytes.ts";
import { forgetOwn, get, listOwn, namesOwn, ownKey, put, remove, update, within } from "../lib/db.ts";
import { session } from "../store/session.ts";
import { START, type Batch, type OfflinePolicy, type Progress } from "./feed.ts";
import { rankOf, type Image } from "./prefetch.ts";
import * as vaults from "./vault.ts";
import { createVault, opener, openVault, sealer, TRIES, waitAfter, waitLeft, type Open, type Seal, type Sealed, type VaultRecord } from "./vault.ts";

export type VaultState = "none" | "locked" | "open";
export const vaultState = signal<VaultState | undefined>(undefined);

/** The facts of one signature, asked while there was a line. */
export type Terms = Omit<Preflights, "items"> & { item: Preflights["items"][number] };

export interface PaperRecord {
  /** Null where the paper may not lie on a phone. */
  sealed: Sealed | null;
  terms: Sealed | null;
  rank: number;
  at: number;
  generation: number;
  images: Image[];
  /** Of a paper to be signed. */
  signs: Secrecy | null;
}

export interface Paper {
  step: StepDetail;
  terms: Terms | null;
  at: number;
}

let open: Open | undefined;
let seal: Seal | undefined;
let hiddenSince: number | undefined;
/** A phone that was put away asks for the PIN again. */
const AWAY = 10 * 60_000;

const me = (): string => session.peek()?.person.id ?? "";
const own = (name: string): string => ownKey(me(), name);
const vault = () => get<VaultRecord>("offline", own("vault"));

export function lock(): void {
  open = undefined;
  if (vaultState.peek() === "open") vaultState.value = "locked";
}

/** Seals to this person's vault; undefined where no PIN was chosen, and then nothing is kept. */
export async function sealing(): Promise<Seal | undefined> {
  const record = seal ? undefined : await vault();
  if (record) seal = await sealer(record);
  return seal;
}

export async function choosePin(pin: string, rounds?: number): Promise<void> {
  const record = await createVault(pin, rounds);
  await forgetOwn(me(), { unsent: false });
  await put("offline", own("vault"), record);
  seal = undefined;
  const secret = await openVault(record, pin);
  open = secret ? opener(secret) : undefined;
  vaultState.value = "open";
  // Asked, not relied upon: a browser may clear what was not granted to stay.
  void navigator.storage?.persist?.().catch(() => false);
}

export type Unlocked = { kind: "open" } | { kind: "wrong"; left: number } | { kind: "wait"; until: number } | { kind: "wiped" };

/** Nothing is told or opened before the try is counted on the disk: a kill in between gives none for nothing. */
export async function unlock(pin: string, now = Date.now()): Promise<Unlocked> {
  const record = await vault();
  if (!record) return { kind: "wiped" };
  const left = waitLeft(record, now);
  if (left > 0) return { kind: "wait", until: now + left };
  const counting = update<VaultRecord>("offline", own("vault"), (old) => {
    const failures = old.failures + 1;
    return { ...old, failures, until: now + waitAfter(failures) };
  });
  const [counted, secret] = await Promise.all([counting, openVault(record, pin)]);
  if (secret) {
    const reset = update<VaultRecord>("offline", own("vault"), (old) => ({ ...old, failures: 0, until: 0 }));
    open = opener(secret);
    vaultState.value = "open";
    await reset;
    return { kind: "open" };
  }
  if (counted.failures >= TRIES) {
    await empty();
    return { kind: "wiped" };
  }
  return { kind: "wrong", left: TRIES - counted.failures };
}

/** Whether this phone's passkey opens it as well. */
export const opensByPasskey = async (): Promise<boolean> => Boolean((await vault())?.passkey);

/** The phone recognises its owner, who need not type the PIN. Throws where it does not. */
export async function unlockByPasskey(): Promise<void> {
  const lock = (await vault())?.passkey;
  const { secretOf } = await import("../lib/passkey.ts");
  const key = lock && (await vaults.openByPasskey(lock, await secretOf(lock.id, lock.salt)));
  if (!key) throw new Problem("client/passkey-cannot-open");
  open = opener(key);
  vaultState.value = "open";
}

/** From now on the passkey opens it too; the PIN is asked once more, for only that can make it so. */
export async function letPasskeyOpen(id: string, pin: string): Promise<Unlocked> {
  const found = await unlock(pin);
  const record = await vault();
  if (found.kind !== "open" || !record) return found;
  const { secretOf } = await import("../lib/passkey.ts");
  const salt = vaults.freshSalt();
  const passkey = await vaults.lockByPasskey(record, pin, id, salt, await secretOf(id, salt));
  await update<VaultRecord>("offline", own("vault"), (old) => ({ ...old, passkey }));
  return found;
}

export const onlyPinOpens = (): Promise<unknown> =>
  update<VaultRecord | undefined>("offline", own("vault"), (old) => {
    const { passkey: _, ...rest } = old ?? ({} as VaultRecord);
    return old && rest;
  });

/** Drops the papers, the images, the PIN and all; what is unsent stays, unless told otherwise. */
export async function empty({ unsent = false } = {}): Promise<void> {
  open = seal = undefined;
  await forgetOwn(me(), { unsent });
  vaultState.value = "none";
}

const json = async <T>(name: string, sealed: Sealed | null | undefined): Promise<T | null> => {
  if (!sealed || !open) return null;
  try {
    return JSON.parse(new TextDecoder().decode(await open(name, sealed))) as T;
  } catch {
    return null;
  }
};
const sealJson = (by: Seal, name: string, value: unknown): Promise<Sealed> => by(name, utf8(JSON.stringify(value)));

async function reveal(id: string, record: PaperRecord): Promise<Paper | null> {
  const step = await json<StepDetail>(`paper ${id}`, record.sealed);
  return step && { step, terms: await json<Terms>(`terms ${id}`, record.terms), at: record.at };
}

/** Whether the mandate it waits for still holds; a phone without a line must tell by itself. */
const current = ({ step }: Paper): boolean => {
  const ends = step.mandates.find(({ id }) => id === step.mandate_id)?.ends_at;
  return !ends || Date.parse(ends) > Date.now();
};

/** Readable papers, the most urgent first. */
export async function papers(): Promise<Paper[]> {
  const records = (await listOwn<PaperRecord>("papers", me())).sort(([, a], [, b]) => a.rank - b.rank);
  const found = await Promise.all(records.map(([id, record]) => reveal(id, record)));
  return found.filter((one) => one !== null).filter(current);
}

export async function paper(id: string): Promise<Paper | "not-kept" | null> {
  const record = await get<PaperRecord>("papers", own(id));
  if (!record) return null;
  return record.sealed ? reveal(id, record) : "not-kept";
}

export async function image(sha256: string): Promise<ArrayBuffer | null> {
  const sealed = open && (await get<Sealed>("images", own(sha256)));
  return sealed && open ? open(`image ${sha256}`, sealed).catch(() => null) : null;
}

export async function keepImage(sha256: string, bytes: ArrayBuffer): Promise<void> {
  const by = await sealing();
  if (by) await put("images", own(sha256), await by(`image ${sha256}`, bytes));
}
export const dropImages = async (): Promise<void> => {
  for (const sha256 of await imagesHeld()) await dropImage(sha256);
};
export const dropImage = (sha256: string): Promise<unknown> => remove("images", own(sha256));
export const imagesHeld = async (): Promise<Set<string>> => new Set(await namesOwn("images", me()));

export async function label(id: string, words: unknown): Promise<Sealed | null> {
  const by = await sealing();
  return by ? sealJson(by, `label ${id}`, words) : null;
}
export const readLabel = <T>(id: string, sealed: unknown): Promise<T | null> => json<T>(`label ${id}`, sealed as Sealed | null);

export const progress = async (): Promise<Progress> => (await get<Progress>("offline", own("progress"))) ?? START;
export const policy = () => get<OfflinePolicy>("offline", own("policy"));
export const activationKey = () => get<ActivationKey>("offline", own("keys"));
export const records = () => listOwn<PaperRecord>("papers", me());

/** One page of the feed, with where it leads to, all at once. */
export async function write({ papers, facts, progress, sweep }: Batch): Promise<void> {
  const by = await sealing();
  if (!by) return;
  const person = me();
  const sealed = new Map<string, PaperRecord | null>();
  for (const [id, given] of papers) {
    sealed.set(id, given && (await recordOf(by, id, given, progress.generation)));
  }
  const old = sweep ? await listOwn<PaperRecord>("papers", person) : [];
  await within(["papers", "offline"], "readwrite", (store) => {
    for (const [id, { generation }] of old) {
      if (generation < progress.generation && !sealed.has(id)) store("papers").delete(ownKey(person, id));
    }
    for (const [id, record] of sealed) {
      if (record) store("papers").put(record, ownKey(person, id));
      else store("papers").delete(ownKey(person, id));
    }
    for (const [name, value] of facts) store("offline").put(value, ownKey(person, name));
    store("offline").put(progress, ownKey(person, "progress"));
  });
}

async function recordOf(by: Seal, id: string, given: StepDetail | "not-kept", generation: number): Promise<PaperRecord> {
  const at = Date.now();
  if (given === "not-kept") return { sealed: null, terms: null, rank: Infinity, at, generation, images: [], signs: null };
  const images = given.version.pages.map(({ image: { url, type, bytes, sha256 } }) => ({ url, type, bytes, sha256 }));
  const signs = given.action === "sign" ? given.secrecy : null;
  return { sealed: await sealJson(by, `paper ${id}`, given), terms: null, rank: rankOf(given), at, generation, images, signs };
}

/** Steps whose signature may be authorised without a line; not all: those that have no terms yet. */
export const papersToSign = async (secrecies: Secrecy[], { all }: { all: boolean }): Promise<string[]> =>
  (await records())
    .filter(([, { signs, terms }]) => signs && secrecies.includes(signs) && (all || !terms))
    .map(([id]) => id);

export async function keepTerms(id: string, terms: Terms): Promise<void> {
  const by = await sealing();
  const sealed = by && (await sealJson(by, `terms ${id}`, terms));
  if (!sealed) return;
  await update<PaperRecord | undefined>("papers", own(id), (old) => old && { ...old, terms: sealed });
}

/** Grows each time the feed was brought up to date. */
export const fresh = signal(0);
export const freshened = (): void => void (fresh.value += 1);

export interface Holding {
  papers: number;
  bytes: number;
  at: number | null;
}

/** What lies here and how old it is; can be said without the PIN. */
export async function holding(): Promise<Holding> {
  const [all, here, { at }] = await Promise.all([records(), imagesHeld(), progress()]);
  const images = new Map<string, number>();
  let bytes = 0;
  for (const [, { sealed, images: own }] of all) {
    bytes += sealed?.text.byteLength ?? 0;
    for (const one of own) if (here.has(one.sha256)) images.set(one.sha256, one.bytes);
  }
  for (const size of images.values()) bytes += size;
  return { papers: all.filter(([, { sealed }]) => sealed).length, bytes, at };
}

let owner: string | undefined;
effect(() => {
  const now = session.value?.person.id;
  if (now === owner) return;
  owner = now;
  open = seal = undefined;
  vaultState.value = undefined;
  if (now) void vault().then((found) => (vaultState.value ??= found ? "locked" : "none"));
});
if (typeof document !== "undefined") {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenSince = Date.now();
    else if (hiddenSince && Date.now() - hiddenSince > AWAY) lock();
  });
}
