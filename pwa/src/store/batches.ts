/** Signing of many papers, as far as it has come: kept on the server, so that sleep and reload lose nothing. */

import { effect, signal } from "@preact/signals";
import { read } from "../api/client.ts";
import type { Batch, BatchSummary } from "../api/signing-types.ts";
import type { Page } from "../api/types.ts";
import { session } from "./session.ts";

/** The own batch that has not ended, for the desk to point at. */
export const openBatch = signal<BatchSummary | null>(null);

export const readBatch = (id: string): Promise<Batch> => read<Batch>(`/signing/batches/${id}`);

export async function newestBatch(): Promise<BatchSummary | undefined> {
  const { items } = await read<Page<BatchSummary>>("/signing/batches");
  return items[0];
}

export async function loadBatch(): Promise<void> {
  const who = session.peek();
  if (!who?.mandates.length) return;
  const newest = await newestBatch();
  if (session.peek()?.person.id === who.person.id) openBatch.value = newest && newest.state !== "finished" ? newest : null;
}

let owner: string | undefined;
effect(() => {
  const now = session.value?.person.id;
  if (now !== owner) openBatch.value = null;
  owner = now;
});
