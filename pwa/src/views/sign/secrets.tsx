/** Passphrase and code: asked only when they can succeed, forgotten once they were sent. */

import "../../styles/sign.css";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { asProblem, type Problem } from "../../api/problem.ts";
import type { Activation } from "../../api/signing-types.ts";
import type { ProblemRef } from "../../api/types.ts";
import { useCodeSeconds } from "../../components/code-timer.tsx";
import { CodeField, SecretField } from "../../components/fields.tsx";
import { Pen } from "../../components/icons.tsx";
import { Alert, Button } from "../../components/parts.tsx";
import { explain } from "../../locales/explain.ts";
import { t } from "../../locales/sign.ts";
import { serverNow } from "../../store/network.ts";
import type { Secrets } from "../../store/signing.ts";

interface SecretsFormProps {
  standing: { tries_left: number | null; code_wait_until: string | null; provider: string; activation: Activation; passkey: string | null };
  /** How many papers the secrets are for. */
  count: number;
  /** What the one button says. */
  word: string;
  /** Throws the refusal; then the fields say what to mend. */
  send: (secrets: Secrets) => Promise<void>;
  onRefused: () => void;
  children?: ComponentChildren;
}

interface Wrong {
  passphrase?: string | undefined;
  code?: string | undefined;
  other?: Problem | undefined;
}

/** Which field a refusal is about, by its code. */
function blame(problem: Problem): Wrong {
  if (/^signing\/service-wrong/.test(problem.code)) return { passphrase: explain(problem) };
  if (/passphrase/.test(problem.code)) return { passphrase: explain(problem) };
  if (/code/.test(problem.code)) return { code: explain(problem) };
  return { other: problem };
}

export function SecretsForm({ standing, count, word, send, onRefused, children }: SecretsFormProps) {
  const [secrets, setSecrets] = useState<Secrets>({ passphrase: "", code: "" });
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // What is to be mended may lie under the button or the keyboard.
    const field = form.current?.querySelector<HTMLElement>("[aria-invalid]");
    field?.focus({ preventScroll: true });
    field?.closest(".field")?.scrollIntoView({ block: "center" });
  }, [wrong]);
  const seconds = useCodeSeconds();
  const { tries_left, code_wait_until, provider, activation, passkey } = standing;
  const local = provider === "local";
  const coded = activation === "service-code";
  const wait = code_wait_until ? Math.ceil((Date.parse(code_wait_until) - serverNow().getTime()) / 1000) : 0;

  const submit = async () => {
    if (!secrets.passphrase) return setWrong({ passphrase: t(coded ? "serviceCodeMissing" : "passphraseMissing") });
    if (secrets.code.length < 6) return setWrong({ code: t("codeMissing") });
    if (wait > 0) return setWrong({ code: t("waitCode", { seconds: wait }) });
    setBusy(true);
    setWrong({});
    try {
      await send(secrets);
    } catch (error) {
      setWrong(blame(asProblem(error)));
      onRefused();
    } finally {
      setSecrets({ passphrase: "", code: "" });
      setBusy(false);
    }
  };
  const change = (more: Partial<Secrets>) => {
    setWrong({});
    setSecrets({ ...secrets, ...more });
  };
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      {children}
      {coded && <ServiceCode count={count} />}
      <SecretField
        label={t(coded ? "serviceCode" : local ? "passphrase" : "servicePassphrase")}
        name="passphrase"
        autocomplete="off"
        value={secrets.passphrase}
        onValue={(passphrase) => change({ passphrase })}
        wrong={wrong.passphrase}
        hint={local && tries_left !== null && tries_left < 5 ? t("triesLeft", { count: tries_left }) : undefined}
      />
      <CodeField
        label={t("code")}
        note={t("turns", { seconds })}
        value={secrets.code}
        onValue={(code) => change({ code })}
        wrong={wrong.code}
        hint={wait > 0 ? t("waitCode", { seconds: wait }) : undefined}
      />
      {passkey && <p class="hint">{t("passkeyAsked")}</p>}
      {wrong.other && <Alert problem={wrong.other} />}
      <Button submit busy={busy}>
        <Pen />
        {word}
      </Button>
    </form>
  );
}

/** The national service sends its code to the signer itself, when asked to. */
function ServiceCode({ count }: { count: number }) {
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ask = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await post("/signing/service-codes", { documents: count });
      setSent(true);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="field">
      <p class="hint" role="status">
        {t(sent ? "serviceCodeSent" : "serviceCodeHint")}
      </p>
      {problem && <Alert problem={problem} />}
      <Button kind="line" busy={busy} onClick={() => void ask()}>
        {t(sent ? "serviceCodeAgain" : "serviceCodeAsk")}
      </Button>
    </div>
  );
}

/** Why signing cannot succeed now, and the way out. No secret is asked. */
export function Blocked({ problem, onRecheck }: { problem: Problem | ProblemRef; onRecheck: () => void }) {
  const device = /device|passkey/.test(problem.code);
  // Whoever has an account at the national service finds nothing about it in their profile here.
  const certificate = /credential|certificate|passphrase/.test(problem.code) && !/^signing\/service-/.test(problem.code);
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
