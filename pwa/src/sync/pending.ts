/** A step as it stands here: what the server said, and what was done since without it knowing. */

import type { StepDetail, StepMove } from "../api/types.ts";
import type { Entry } from "./outbox.ts";

type Known = Pick<Entry, "step" | "act" | "made" | "refused">;

/** The last thing done here about a step that still waits to be sent. */
export const pendingOf = (entries: Known[], step: string): Known | undefined =>
  entries.findLast((entry) => entry.step === step && !entry.refused);

const afterTick = ({ action, allowed }: StepDetail): StepMove[] => [
  ...new Set([action, ...allowed.filter((move) => move !== "tick" && move !== "take-over")]),
];

/** A tick that waits counts here as a tick; anything further leaves nothing to do. */
export function asDone(step: StepDetail, entries: Known[]): StepDetail {
  const pending = pendingOf(entries, step.step_id);
  if (!pending) return step;
  if (pending.act !== "tick") return { ...step, allowed: [] };
  return { ...step, state: "ticked", ticked_at: new Date(pending.made).toISOString(), lapsed: null, allowed: afterTick(step) };
}
