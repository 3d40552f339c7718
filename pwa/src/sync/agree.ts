/** Agreeing to signatures without a line: one statement, and an outbox entry for each paper it names. */

import type { StepDetail } from "../api/types.ts";
import type { Secrets } from "../store/signing.ts";
import { consent, deeds, type Ready } from "./consent.ts";
import { submitAll, type Outcome } from "./outgoing.ts";

/** About those of these papers that are ready. */
export const agree = async (steps: StepDetail[], ready: Ready, secrets: Secrets): Promise<Outcome> =>
  submitAll(deeds(steps, ready, await consent(ready, secrets)));
