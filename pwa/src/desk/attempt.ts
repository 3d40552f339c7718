/** Does one thing and says what happened, whichever way it went. */

import { asProblem } from "../api/problem.ts";
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
