/** A step from the server, or, without a line, from this phone. */

import { asProblem, Problem } from "../../api/problem.ts";
import type { StepDetail } from "../../api/types.ts";
import { lendImages } from "../../store/images.ts";
import { offlineSince } from "../../store/network.ts";
import { readStep } from "../../store/steps.ts";
import { image, paper, vaultState } from "../../sync/held.ts";

lendImages(image);

async function fromPhone(id: string): Promise<StepDetail | "locked" | "not-kept" | null> {
  const found = await paper(id);
  if (found === "not-kept") return found;
  return found?.step ?? (vaultState.peek() === "locked" ? "locked" : null);
}

/** `later`: where the line was thought gone, what the server says after all. */
export async function stepHere(id: string, later: (step: StepDetail) => void): Promise<StepDetail | "locked"> {
  const answer = readStep(id);
  if (offlineSince.peek()) {
    answer.catch(() => undefined);
    const here = await fromPhone(id);
    if (here && here !== "not-kept") {
      void answer.then(later).catch(() => undefined);
      return here;
    }
  }
  try {
    return await answer;
  } catch (error) {
    const problem = asProblem(error);
    if (!problem.lost) throw problem;
    const here = await fromPhone(id);
    if (here === "not-kept") throw new Problem("client/not-kept");
    if (here) return here;
    throw problem;
  }
}
