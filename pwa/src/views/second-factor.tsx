/** Enrolling an authenticator app: QR, confirmation, recovery codes shown once. */

import { useEffect, useState } from "preact/hooks";
import { post } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { CodeTimer } from "../components/code-timer.tsx";
import { CodeField } from "../components/fields.tsx";
import { Alert, Button, Dock, Skeleton, Work } from "../components/parts.tsx";
import { SvgImage } from "../components/qr-image.tsx";
import { say } from "../components/toast.tsx";
import { t as core } from "../locales/core.ts";
import { t } from "../locales/door.ts";
import { explain } from "../locales/explain.ts";

interface Enrolment {
  secret: string;
  uri: string;
  qr_svg: string;
}

export async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  say(core("copied"));
}

interface SecondFactorProps {
  /** A code of the authenticator that is being replaced. */
  code?: string;
  onDone: () => void;
}

export function SecondFactor({ code, onDone }: SecondFactorProps) {
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    post<Enrolment>("/totp", code ? { code } : {}).then(setEnrolment, (error: unknown) => setProblem(asProblem(error)));
  }, []);
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />;
  if (enrolment) return <Confirm enrolment={enrolment} onCodes={setCodes} />;
  return <Work>{problem ? <Alert problem={problem} /> : <Skeleton />}</Work>;
}

function Confirm({ enrolment, onCodes }: { enrolment: Enrolment; onCodes: (codes: string[]) => void }) {
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const groups = enrolment.secret.replace(/(.{4})(?=.)/g, "$1 ");
  const confirm = async () => {
    if (code.length < 6) return setWrong(t("codeShort"));
    setBusy(true);
    try {
      onCodes((await post<{ recovery_codes: string[] }>("/totp/confirm", { code })).recovery_codes);
    } catch (error) {
      setWrong(explain(asProblem(error)));
      setCode("");
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Work>
        <div class="door">
          <div>
            <h1>{t("totpTitle")}</h1>
            <p>{t("totpText")}</p>
          </div>
          <div class="qr">
            <SvgImage svg={enrolment.qr_svg} alt={t("totpQr")} />
          </div>
          <a class="btn btn--text" href={enrolment.uri}>
            {t("totpOpen")}
          </a>
          <div class="field">
            <span class="label">{t("totpSecret")}</span>
            <div class="secret">
              <span class="print">{groups}</span>
              <Button kind="text" onClick={() => void copy(enrolment.secret)}>
                {core("copy")}
              </Button>
            </div>
          </div>
          <CodeField label={t("code")} value={code} onValue={setCode} wrong={wrong} />
          <CodeTimer />
        </div>
      </Work>
      <Dock>
        <Button busy={busy} onClick={() => void confirm()}>
          {t("totpConfirm")}
        </Button>
      </Dock>
    </>
  );
}

export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <>
      <Work>
        <div class="door">
          <div>
            <h1>{t("recoveryCodesTitle")}</h1>
            <p>{t("recoveryCodesText")}</p>
          </div>
          <ol class="keeps">
            {codes.map((code) => (
              <li class="print" key={code}>
                {code}
              </li>
            ))}
          </ol>
          <Button kind="line" onClick={() => void copy(codes.join("\n"))}>
            {core("copy")}
          </Button>
        </div>
      </Work>
      <Dock>
        <Button onClick={onDone}>{t("recoveryKept")}</Button>
      </Dock>
    </>
  );
}
