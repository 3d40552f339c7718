/** Pindai: camera, photo or typed code; the verdict comes from the phone first, from the record where there is a line. */

import "../styles/scan.css";
import { useCallback, useEffect, useState } from "preact/hooks";
import { held, refresh, type Issuer } from "../scan/issuer.ts";
import { judge, type Verdict } from "../scan/judge.ts";
import { Lens, type Trouble } from "./scan/lens.tsx";
import { Result } from "./scan/result.tsx";
import { Typed } from "./scan/typed.tsx";

type Step = { at: "lens" } | { at: "typed"; trouble?: Trouble } | { at: "result"; text: string; verdict: Verdict };

/** A verdict that a newer list or key could change. */
const open = ({ kind }: Verdict): boolean => kind === "unsure" || kind === "unheard";

export function ScanView() {
  const [step, setStep] = useState<Step>({ at: "lens" });
  const [issuer, setIssuer] = useState<Issuer>();

  useEffect(() => {
    void held().then(setIssuer);
    void refresh().then(async (fresh) => fresh && setIssuer(await held()));
  }, []);

  const found = useCallback(async (text: string) => {
    const decide = async () => {
      const now = await held();
      setIssuer(now);
      return judge(text, { origin: location.origin, keys: now.keys, list: now.list });
    };
    const verdict = await decide();
    navigator.vibrate?.(40);
    setStep({ at: "result", text, verdict });
    if (open(verdict) && (await refresh())) setStep({ at: "result", text, verdict: await decide() });
  }, []);

  if (step.at === "result") {
    const { text, verdict } = step;
    return <Result key={text} text={text} verdict={verdict} issuer={issuer} again={() => setStep({ at: "lens" })} />;
  }
  if (step.at === "typed") return <Typed trouble={step.trouble} found={found} lens={() => setStep({ at: "lens" })} />;
  return <Lens issuer={issuer} found={found} typed={(trouble) => setStep({ at: "typed", ...(trouble && { trouble }) })} />;
}
