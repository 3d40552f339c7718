/** What this person did here that the server does not know of yet. Filled by the sync chunk. */

import { computed, signal } from "@preact/signals";
import type { Act } from "../sync/judge.ts";
import type { Entry } from "../sync/outbox.ts";

export const unsent = signal<Entry[]>([]);
/** What waits for the line, and what waits for the person. */
export const waiting = computed(() => unsent.value.filter((entry) => !entry.refused));
export const troubled = computed(() => unsent.value.filter((entry) => entry.refused));
/** The line answered with a page of its own: somebody must sign in to that network first. */
export const portal = signal(false);

/** The server's latest word on something done here: the step after it, or undefined when it has to be asked. */
export const answered = signal<{ step: string; body: unknown } | null>(null);

/** What was done last about a step and still waits for the line. */
export const pendingAct = (step: string): Act | undefined =>
  waiting.value.findLast((entry) => entry.step === step)?.act;
