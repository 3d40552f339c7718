/** Brings what this person must see to the phone: page by page, resumable, each page whole or not at all. */

import type { ActivationKey } from "../api/signing-types.ts";
import type { Secrecy, StepDetail } from "../api/types.ts";

export interface OfflinePolicy {
  signing: boolean;
  window_hours: number;
  documents_per_statement: number;
  secrecies: Secrecy[];
  factors: string[];
  /** When this phone must recognise its owner for a consent. */
  passkey: "never" | "enrolled" | "always";
  passkey_on_line: boolean;
  keep_secrecies: Secrecy[];
}

interface OwnDevice {
  current: boolean;
  revoked_at: string | null;
  wipe: boolean;
}

type NotKept = { step_id: string; document_id: string; keep: false };
export type Change =
  | { kind: "step"; id: string; deleted: boolean; data: StepDetail | NotKept | null }
  | { kind: "policy"; id: string; deleted: boolean; data: OfflinePolicy | null }
  | { kind: "keys"; id: string; deleted: boolean; data: ActivationKey | null }
  | { kind: "device"; id: string; deleted: boolean; data: OwnDevice | null }
  | { kind: "credential"; id: string; deleted: boolean; data: unknown }
  // What paper is checked with is public, and fetched apart.
  | { kind: "verification"; id: string; deleted: boolean; data: unknown };

export interface Changes {
  items: Change[];
  cursor: string;
  more: boolean;
  reset: boolean;
}

/** How far this phone is. A reset begins a new generation; what did not come again by its end is dropped. */
export interface Progress {
  cursor: string | null;
  generation: number;
  resetting: boolean;
  /** When everything was last here; epoch milliseconds of this phone. */
  at: number | null;
}

export const START: Progress = { cursor: null, generation: 0, resetting: false, at: null };

export interface Batch {
  /** By step: the paper, "not-kept" where it may not lie on a phone, null where it is gone. */
  papers: Map<string, StepDetail | "not-kept" | null>;
  facts: Map<"policy" | "keys", unknown>;
  progress: Progress;
  /** Drop the papers of earlier generations. */
  sweep: boolean;
}

export interface FeedPorts {
  ask(since: string | null): Promise<Changes>;
  progress(): Promise<Progress>;
  /** In one transaction. */
  write(batch: Batch): Promise<void>;
  /** This phone was revoked, or reported lost: nothing stays. */
  wipe(): Promise<void>;
  now(): number;
}

/** Held to here as well, whatever a server may send. */
const NEVER: Secrecy[] = ["rahasia", "sangat-rahasia"];

function kept(data: StepDetail | NotKept): StepDetail | "not-kept" {
  if ("keep" in data || NEVER.includes(data.secrecy)) return "not-kept";
  return data;
}

const orders = ({ items }: Changes): boolean =>
  items.some((item) => item.kind === "device" && item.data?.current && (item.data.wipe || item.data.revoked_at !== null));

function batch(page: Changes, before: Progress, now: number): Batch {
  const papers: Batch["papers"] = new Map();
  const facts: Batch["facts"] = new Map();
  for (const item of page.items) {
    if (item.kind === "step") papers.set(item.id, item.deleted || !item.data ? null : kept(item.data));
    if (item.kind === "policy" || item.kind === "keys") facts.set(item.kind, item.data);
  }
  const generation = before.generation + (page.reset ? 1 : 0);
  const resetting = page.reset || before.resetting;
  const progress = { cursor: page.cursor, generation, resetting: resetting && page.more, at: page.more ? before.at : now };
  return { papers, facts, progress, sweep: resetting && !page.more };
}

/** Until nothing is left to fetch. True when anything came that signing or prefetching depends on. */
export async function pull(ports: FeedPorts): Promise<boolean> {
  let changed = false;
  for (;;) {
    const before = await ports.progress();
    const page = await ports.ask(before.cursor);
    if (orders(page)) {
      await ports.wipe();
      return true;
    }
    const found = batch(page, before, ports.now());
    await ports.write(found);
    changed ||= page.items.some(({ kind }) => kind !== "device" && kind !== "verification") || found.sweep;
    // A server that never advances would keep the radio on for ever.
    if (!page.more || page.cursor === before.cursor) return changed;
  }
}
