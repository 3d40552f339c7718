/** Screens that wait for the outcome of what they handed to the outbox. Pure logic. */

import type { Verdict } from "./judge.ts";
import type { Entry } from "./outbox.ts";

interface Ear {
  hear: (verdict: Verdict) => void;
  /** Until it lies in the outbox, nothing can be said of it. */
  queued: boolean;
}

/** What the store says of an entry that this sending did not send. */
function standing(entry: Entry | undefined): Verdict {
  // Another tab or the worker was quicker: it leaves the store only when it took effect.
  if (!entry) return { kind: "delivered", body: undefined };
  return entry.refused ? { kind: "refused", problem: entry.refused } : { kind: "later", after: null };
}

export function listening() {
  const ears = new Map<string, Ear>();
  return {
    /** Before the entry is stored: whoever sends may be quicker than who stores. */
    listen: (id: string): Promise<Verdict> => new Promise((hear) => ears.set(id, { hear, queued: false })),
    /** The entry lies in the outbox: the next sending that begins answers for it. */
    queued(id: string): void {
      const ear = ears.get(id);
      if (ear) ear.queued = true;
    },
    /** False when nobody listens. */
    tell(id: string, verdict: Verdict): boolean {
      ears.get(id)?.hear(verdict);
      return ears.has(id);
    },
    /** As a sending begins. What it returns is called with what is left when it ended. */
    begin(): (left: Entry[]) => void {
      const due = [...ears].filter(([, ear]) => ear.queued);
      return (left) => {
        for (const [id, ear] of due) ear.hear(standing(left.find((entry) => entry.id === id)));
      };
    },
    forget: (id: string): void => void ears.delete(id),
  };
}
