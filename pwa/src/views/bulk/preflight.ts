/** What can be signed of the chosen papers, asked before any secret is; waits for files being made. */

import { useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../../api/problem.ts";
import type { Preflights } from "../../api/signing-types.ts";
import { readinessOf } from "../../store/signing.ts";

const PAUSE = 1_500;
/** How often it asks again while no further file gets ready. */
const PATIENCE = 8;

export interface Preflight {
  /** Once it is settled: what is not ready then is left out. */
  found: Preflights | null;
  problem: Problem | null;
  /** Files still being made, while it waits for them. */
  preparing: number;
  /** Asks from the beginning. */
  again: () => void;
  /** Asks again behind what is shown. */
  refresh: () => void;
}

export const unprepared = ({ items }: Preflights): number =>
  items.filter((item) => item.problem?.code === "signing/not-prepared").length;

export function usePreflight(steps: string[]): Preflight {
  const [found, setFound] = useState<Preflights | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [preparing, setPreparing] = useState(0);
  const timer = useRef(0);
  const ask = async (fewest: number, patience: number) => {
    clearTimeout(timer.current);
    try {
      const fresh = await readinessOf(steps);
      const waiting = fresh.ready ? unprepared(fresh) : 0;
      const left = waiting < fewest ? PATIENCE : patience - 1;
      setPreparing(waiting);
      if (!waiting || left < 1) setFound(fresh);
      else timer.current = window.setTimeout(() => void ask(waiting, left), PAUSE);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  const refresh = () => void ask(0, 0);
  const again = () => {
    setProblem(null);
    setFound(null);
    void ask(Infinity, PATIENCE);
  };
  useEffect(() => {
    again();
    return () => clearTimeout(timer.current);
  }, []);
  return { found, problem, preparing, again, refresh };
}
