/** A step from the server, or, without a line, from this phone. */

import { asProblem, Problem } from "../../api/problem.ts";
import type { StepDetail } from "../../api/types.ts";
import { lendImages } from "../../store/images.ts";
import { readStep } from "../../store/steps.ts";
import { image, paper, vaultState } from "../../sync/held.ts";

lendImages(image);

export async function stepHere(id: string): Promise<StepDetail | "locked"> {
  try {
    return await readStep(id);
  } catch (error) {
    const problem = asProblem(error);
    if (!problem.lost) throw problem;
    const found = await paper(id);
    if (found === "not-kept") throw new Problem("client/not-kept");
    if (found) return found.step;
    if (vaultState.peek() === "locked") return "locked";
    throw problem;
  }
}
