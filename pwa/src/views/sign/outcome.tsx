/** After the tap: signed, not signed, or not certain yet. Says "signed" only once it is. */

import { useEffect, useState } from "preact/hooks";
import { asProblem, Problem } from "../../api/problem.ts";
import type { SigningAttempt } from "../../api/signing-types.ts";
import type { ProblemRef, StepDetail } from "../../api/types.ts";
import { Mark } from "../../components/marks.tsx";
import { Alert, Button, Dock, Screen, Work } from "../../components/parts.tsx";
import { clock } from "../../lib/time.ts";
import { explain } from "../../locales/explain.ts";
import { t } from "../../locales/sign.ts";
import { settle, touch } from "../../store/inbox.ts";
import { serverNow } from "../../store/network.ts";
import { signedIn } from "../../store/session.ts";
import { readAttempt } from "../../store/signing.ts";
import { readStep } from "../../store/steps.ts";
import { Signed } from "./signed.tsx";

interface OutcomeProps {
  step: StepDetail;
  /** null: the answer was lost after the request had left. */
  attempt: SigningAttempt | null;
  onAgain: () => void;
}

/** An unanswered request may still be on its way for about this long. */
const IN_FLIGHT = 90_000;
const FIRST = 2_000;
const SLOWEST = 15_000;

type Verdict = { kind: "unsure" } | { kind: "signed"; at: Date } | { kind: "failed"; problem: ProblemRef | null };

function judge(attempt: SigningAttempt): Verdict {
  if (attempt.state === "finished") return { kind: "signed", at: new Date(attempt.signed_at ?? serverNow()) };
  if (attempt.state === "failed") return { kind: "failed", problem: attempt.problem };
  return { kind: "unsure" };
}

/** Without an attempt to ask about, the step itself tells what became of the request. */
async function judgeStep(stepId: string, since: number): Promise<Verdict> {
  const { state } = await readStep(stepId);
  if (state === "done") return { kind: "signed", at: serverNow() };
  const arrived = state === "processing" || state === "unknown" || Date.now() - since < IN_FLIGHT;
  return arrived ? { kind: "unsure" } : { kind: "failed", problem: null };
}

export function OutcomeView({ step, attempt, onAgain }: OutcomeProps) {
  const [verdict, setVerdict] = useState<Verdict>(attempt ? judge(attempt) : { kind: "unsure" });
  const [checked, setChecked] = useState(serverNow);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [since] = useState(Date.now);

  const check = async () => {
    try {
      setVerdict(attempt ? judge(await readAttempt(attempt.id)) : await judgeStep(step.step_id, since));
      setChecked(serverNow());
      setProblem(null);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  useEffect(() => {
    if (verdict.kind !== "unsure") return;
    let pause = FIRST;
    let timer = 0;
    const again = () => {
      timer = window.setTimeout(() => void check().finally(again), pause);
      pause = Math.min(SLOWEST, pause * 1.5);
    };
    again();
    return () => clearTimeout(timer);
  }, [verdict.kind]);
  useEffect(() => {
    if (verdict.kind === "signed") settle(step.step_id);
    if (verdict.kind === "unsure") touch(step.step_id, { state: "unknown" });
    if (verdict.kind === "failed") touch(step.step_id, { state: "ticked" });
  }, [verdict.kind]);

  if (verdict.kind === "signed") return <Signed step={step} at={verdict.at} />;
  if (verdict.kind === "failed") return <NotSigned step={step} problem={verdict.problem} onAgain={onAgain} />;
  const { zone } = signedIn().agency;
  return (
    <Screen title={t("unsure")}>
      <Work>
        <div class="outcome" role="status">
          <Mark kind="unsure" />
          <h1>{t("unsure")}</h1>
          <p class="lead">{step.subject}</p>
          <p>{t("unsureText")}</p>
          <p>{t("unsureStay")}</p>
          <p class="hint num">{problem ? explain(problem) : t("checkedAt", { time: `${clock(checked, zone)} ${zone}` })}</p>
        </div>
      </Work>
      <Dock flat>
        <Button onClick={() => void check()}>{t("checkNow")}</Button>
        <a class="btn btn--calm" href="/meja">
          {t("toDesk")}
        </a>
      </Dock>
    </Screen>
  );
}

function NotSigned({ step, problem, onAgain }: { step: StepDetail; problem: ProblemRef | null; onAgain: () => void }) {
  return (
    <Screen title={t("failed")}>
      <Work>
        <div class="outcome">
          <Mark kind="needsYou" />
          <h1>{t("failed")}</h1>
          <p class="lead">{step.subject}</p>
          {problem && <Alert problem={problem} />}
          <p>{t("failedText")}</p>
        </div>
      </Work>
      <Dock flat>
        <Button onClick={onAgain}>{t("again")}</Button>
        <a class="btn btn--calm" href="/meja">
          {t("toDesk")}
        </a>
      </Dock>
    </Screen>
  );
}
