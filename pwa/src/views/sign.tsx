/** The sign sheet: what, as whom, passphrase, code, one button. Asks for secrets only when they can succeed. */

import "../styles/sign.css";
import { useEffect, useState } from "preact/hooks";
import { Problem, asProblem } from "../api/problem.ts";
import type { ProblemRef, SigningAttempt, SigningReadiness, StepDetail } from "../api/types.ts";
import { useCodeSeconds } from "../components/code-timer.tsx";
import { CodeField, SecretField } from "../components/fields.tsx";
import { Pen } from "../components/icons.tsx";
import { Mark } from "../components/marks.tsx";
import { Alert, Button, Skeleton } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { fingerprint } from "../lib/bytes.ts";
import { date } from "../lib/time.ts";
import { explain } from "../locales/explain.ts";
import { t } from "../locales/sign.ts";
import { serverNow } from "../store/network.ts";
import { signedIn } from "../store/session.ts";
import { authorise, readiness, type Secrets } from "../store/signing.ts";
import { TickedAt } from "./reader/dock.tsx";

export { OutcomeView } from "./sign/outcome.tsx";

interface SignSheetProps {
  step: StepDetail;
  onClose: () => void;
  /** An answer, or null when the answer was lost after the request had left. */
  onOutcome: (attempt: SigningAttempt | null) => void;
}

export function SignSheet({ step, onClose, onOutcome }: SignSheetProps) {
  const [ready, setReady] = useState<SigningReadiness | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const check = () => readiness(step).then(setReady, (error: unknown) => setProblem(asProblem(error)));
  useEffect(() => void check(), []);
  const recheck = () => {
    setProblem(null);
    setReady(null);
    void check();
  };
  const blocked = problem ?? (ready && !ready.ready ? ready.problem : null);
  return (
    <Sheet title={t("title")} onClose={onClose}>
      <Paper step={step} />
      {blocked ? (
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

/** Why signing cannot succeed now, and the way out. */
function Blocked({ problem, onRecheck }: { problem: Problem | ProblemRef; onRecheck: () => void }) {
  const device = /device/.test(problem.code);
  const certificate = /credential|certificate|passphrase/.test(problem.code);
  return (
    <>
      <h2 class="blocked">{t("notReady")}</h2>
      <Alert problem={problem} />
      {device || certificate ? (
        <a class="btn btn--main" href={device ? "/profil/perangkat" : "/profil/sertifikat"}>
          {t(device ? "toDevices" : "toCertificate")}
        </a>
      ) : (
        <Button onClick={onRecheck}>{t("checkAgain")}</Button>
      )}
    </>
  );
}

function Capacity({ ready }: { ready: SigningReadiness }) {
  const until = ready.ends_at && date(new Date(ready.ends_at), signedIn().agency.zone);
  const decree = ready.decree_number;
  const authority = decree && until ? t("decree", { decree, until }) : (decree ?? (until ? t("until", { until }) : null));
  return (
    <div class="field">
      <span class="label">{t("as")}</span>
      <div class="input input--two">
        <span>
          <b>{ready.capacity}</b>
          {authority && <small>{authority}</small>}
        </span>
      </div>
    </div>
  );
}

interface FormProps {
  step: StepDetail;
  ready: SigningReadiness;
  onRecheck: () => void;
  onOutcome: SignSheetProps["onOutcome"];
}

interface Wrong {
  passphrase?: string | undefined;
  code?: string | undefined;
  other?: Problem | undefined;
}

/** Which field a refusal is about, by its code. */
function blame(problem: Problem): Wrong {
  if (/passphrase/.test(problem.code)) return { passphrase: explain(problem) };
  if (/code/.test(problem.code)) return { code: explain(problem) };
  return { other: problem };
}

function Form({ step, ready, onRecheck, onOutcome }: FormProps) {
  const [secrets, setSecrets] = useState<Secrets>({ passphrase: "", code: "" });
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);
  const seconds = useCodeSeconds();
  const wait = ready.code_wait_until ? Math.ceil((Date.parse(ready.code_wait_until) - serverNow().getTime()) / 1000) : 0;

  const submit = async () => {
    if (!secrets.passphrase) return setWrong({ passphrase: t("passphraseMissing") });
    if (secrets.code.length < 6) return setWrong({ code: t("codeMissing") });
    if (wait > 0) return setWrong({ code: t("waitCode", { seconds: wait }) });
    setBusy(true);
    setWrong({});
    try {
      onOutcome(await authorise(step, ready, secrets));
    } catch (error) {
      const problem = asProblem(error);
      // Sent, but the answer was lost: it may have been signed. Never asked again by itself.
      if (problem.lost && problem.code !== "client/offline") return onOutcome(null);
      setWrong(blame(problem));
      onRecheck();
    } finally {
      setSecrets({ passphrase: "", code: "" });
      setBusy(false);
    }
  };
  const change = (more: Partial<Secrets>) => {
    setWrong({});
    setSecrets({ ...secrets, ...more });
  };
  const waiting = wait > 0 ? t("waitCode", { seconds: wait }) : undefined;
  const tries = ready.tries_left !== null && ready.tries_left < 5 ? t("triesLeft", { count: ready.tries_left }) : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      <Capacity ready={ready} />
      <SecretField
        label={t("passphrase")}
        name="passphrase"
        autocomplete="off"
        value={secrets.passphrase}
        onValue={(passphrase) => change({ passphrase })}
        wrong={wrong.passphrase}
        hint={tries}
      />
      <CodeField
        label={t("code")}
        note={t("turns", { seconds })}
        value={secrets.code}
        onValue={(code) => change({ code })}
        wrong={wrong.code}
        hint={waiting}
      />
      {wrong.other && <Alert problem={wrong.other} />}
      <Button submit busy={busy}>
        <Pen />
        {t("sign")}
      </Button>
    </form>
  );
}
