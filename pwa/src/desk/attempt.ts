/** Does one thing and says what happened, whichever way it went. */

import { useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";
import { say } from "../components/toast.tsx";
import { explain } from "../locales/explain.ts";

/** Whether it went well. */
export async function attempt(run: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await run();
    say(done);
    return true;
  } catch (error) {
    say(explain(asProblem(error)));
    return false;
  }
}

/** The same on a sheet: a refusal stays there, with what was typed; beneath a sheet nobody sees it. */
export function useAttempt() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (work: () => Promise<unknown>, done: string): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
      say(done);
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}
