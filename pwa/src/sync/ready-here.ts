/** Papers on this phone that are read and ticked, on the server or here, and wait for a signature. */

import type { StepDetail } from "../api/types.ts";
import { signable } from "../lib/bulk.ts";
import { pendingAct, unsent } from "../store/unsent.ts";
import { papers } from "./held.ts";
import { asDone } from "./pending.ts";

/** The most urgent first. None while what is held is locked. */
export async function signableHere(): Promise<StepDetail[]> {
  const steps = (await papers()).map(({ step }) => asDone(step, unsent.peek()));
  return steps.filter((step) => signable(step) && [undefined, "tick"].includes(pendingAct(step.step_id)));
}
