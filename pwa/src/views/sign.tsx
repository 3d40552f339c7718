/** The sign sheet: what, as whom, passphrase, code, one button. Asks for secrets only when they can succeed. */

import "../styles/sign.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";
import type { SigningAttempt, SigningReadiness } from "../api/signing-types.ts";
import type { StepDetail } from "../api/types.ts";
import { Mark } from "../components/marks.tsx";
import { Skeleton } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { fingerprint } from "../lib/bytes.ts";
import { date } from "../lib/time.ts";
import { t } from "../locales/sign.ts";
import { signedIn } from "../store/session.ts";
import { authorise, readiness, type Secrets } from "../store/signing.ts";
import { TickedAt } from "./reader/dock.tsx";
import { PreparedPage } from "./sign/appearance.tsx";
import { OfflineCapacity, OfflineSign } from "./sign/offline.tsx";
import { Blocked, SecretsForm } from "./sign/secrets.tsx";

export { OutcomeView } from "./sign/outcome.tsx";

interface SignSheetProps {
  step: StepDetail;
  onClose: () => void;
  /** An answer, or null when the answer was lost after the request had left. */
  onOutcome: (attempt: SigningAttempt | null) => void;
  /** Agreed to without a line. */
  onWaiting: () => void;
}

export function SignSheet({ step, onClose, onOutcome, onWaiting }: SignSheetProps) {
  const [ready, setReady] = useState<SigningReadiness | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const check = () => readiness(step).then(setReady, (error: unknown) => setProblem(asProblem(error)));
  useEffect(() => void check(), []);
  const recheck = () => {
    setProblem(null);
    setReady(null);
    void check();
  };
  const steps = useMemo(() => [step], [step]);
  const blocked = problem ?? (ready && !ready.ready ? ready.problem : null);
  return (
    <Sheet title={t("title")} onClose={onClose}>
      <Paper step={step} />
      {problem?.lost ? (
        <OfflineSign steps={steps} onRecheck={recheck} onDone={(sent) => (sent ? onOutcome(null) : onWaiting())}>
          {(terms) => <OfflineCapacity ready={terms} />}
        </OfflineSign>
      ) : blocked ? (
        <Blocked problem={blocked} onRecheck={recheck} />
      ) : ready ? (
        <Form step={step} ready={ready} onRecheck={() => void check()} onOutcome={onOutcome} />
      ) : (
        <Skeleton rows={2} />
      )}
    </Sheet>
  );
}

function Paper({ step }: { step: StepDetail }) {
  return (
    <div class="object">
      <span class="sheet">{step.type_code}</span>
      <div>
        <b>{step.subject}</b>
        {step.ticked_at && (
          <span>
            <Mark kind="ticked" />
            <TickedAt at={new Date(step.ticked_at)} />
          </span>
        )}
        <span class="flat">
          {t("pagesPrint", { count: step.version.pages.length })} <span class="print">{fingerprint(step.version.sha256)}</span>
        </span>
      </div>
    </div>
  );
}

function Capacity({ ready }: { ready: SigningReadiness }) {
  const until = ready.ends_at && date(new Date(ready.ends_at), signedIn().agency.zone);
  const decree = ready.decree_number;
  const authority = decree && until ? t("decree", { decree, until }) : (decree ?? (until ? t("until", { until }) : null));
  const several = signedIn().mandates.length > 1;
  return (
    <div class="field">
      <span class="label">{t("as")}</span>
      <div class="input input--two">
        <span>
          <b>{ready.capacity}</b>
          {authority && <small>{authority}</small>}
        </span>
      </div>
      {several && <p class="hint">{t("onlyThis")}</p>}
    </div>
  );
}

interface FormProps {
  step: StepDetail;
  ready: SigningReadiness;
  onRecheck: () => void;
  onOutcome: SignSheetProps["onOutcome"];
}

function Form({ step, ready, onRecheck, onOutcome }: FormProps) {
  const send = async (secrets: Secrets) => {
    try {
      onOutcome(await authorise(step, ready, secrets));
    } catch (error) {
      const problem = asProblem(error);
      // Sent, but the answer was lost: it may have been signed. Never asked again by itself.
      if (problem.code !== "client/unanswered") throw problem;
      onOutcome(null);
    }
  };
  return (
    <SecretsForm standing={ready} count={1} word={t("sign")} send={send} onRefused={onRecheck}>
      <PreparedPage stepId={step.step_id} ready={ready} />
      <Capacity ready={ready} />
    </SecretsForm>
  );
}
