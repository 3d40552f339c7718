/** My certificate: its state in plain words, choosing and changing the passphrase, renewing, suspending. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { asProblem, type Problem } from "../../api/problem.ts";
import type { Credential } from "../../api/signing-types.ts";
import { useCodeSeconds } from "../../components/code-timer.tsx";
import { CodeField, SecretField, TextField } from "../../components/fields.tsx";
import { Shield } from "../../components/icons.tsx";
import { Mark, type MarkKind } from "../../components/marks.tsx";
import { Alert, BackBar, Button, Failed, OfflineStrip, Screen, Skeleton, Work } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { longDate } from "../../lib/time.ts";
import { explain } from "../../locales/explain.ts";
import { t } from "../../locales/profile.ts";
import { signedIn } from "../../store/session.ts";
import { choosePassphrase, type Purpose } from "../../store/credential.ts";
import { when } from "./devices.tsx";

type Open = "passphrase" | "renew" | "suspend" | null;

export function CertificateView() {
  const credential = useResource<Credential>("/credential");
  const [open, setOpen] = useState<Open>(null);
  const { value, problem, reload } = credential;
  const done = (said: string) => {
    setOpen(null);
    say(said);
    reload();
  };
  return (
    <Screen title={t("certificate")}>
      <BackBar title={t("certificate")} to="/profil" />
      <OfflineStrip />
      <Work>
        {problem && <Failed problem={problem} retry={reload} />}
        {!value && !problem && <Skeleton rows={3} />}
        {value && <State credential={value} />}
        {value?.may_create && (
          <div class="pad">
            <PassphraseForm purpose="create" onDone={() => done(t("created"))} />
          </div>
        )}
        {value?.state === "active" && (
          <div class="pad">
            {value.may_renew && <Button onClick={() => setOpen("renew")}>{t("renew")}</Button>}
            <Button kind="line" onClick={() => setOpen("passphrase")}>
              {t("changePassphrase")}
            </Button>
            <Button kind="calm" onClick={() => setOpen("suspend")}>
              {t("suspend")}
            </Button>
          </div>
        )}
      </Work>
      {open === "passphrase" && (
        <Sheet title={t("changePassphrase")} onClose={() => setOpen(null)}>
          <PassphraseForm purpose="change-passphrase" onDone={() => done(t("changed"))} />
        </Sheet>
      )}
      {open === "renew" && (
        <Sheet title={t("renew")} onClose={() => setOpen(null)}>
          <p>{t("renewText")}</p>
          <PassphraseForm purpose="renew" onDone={() => done(t("renewed"))} />
        </Sheet>
      )}
      {open === "suspend" && value?.certificate && (
        <SuspendSheet id={value.certificate.id} onClose={() => setOpen(null)} onDone={() => done(t("suspendedDone"))} />
      )}
    </Screen>
  );
}

function State({ credential: { state, certificate, tries_left: tries, locked_until: until, may_renew: ends } }: { credential: Credential }) {
  const { zone } = signedIn().agency;
  const day = certificate && longDate(new Date(certificate.not_after), zone);
  const said: Record<Credential["state"], [MarkKind, string, string?]> = {
    none: ["notYet", t("certNone"), t("certNoneText")],
    "to-create": ["notYet", t("certToCreate"), t("certToCreateText")],
    active: ["notYet", t("certActive"), ends && day ? t("certEndsSoon", { day }) : ""],
    suspended: ["revoked", t("certSuspended"), t("certSuspendedText")],
    locked: ["needsYou", t("certLocked"), until ? t("certLockedText", { until: when(until) }) : t("certLockedOfficer")],
    expired: ["revoked", t("certExpired"), t("certExpiredText")],
  };
  const [mark, title, text] = said[state];
  const facts: [string, string][] = certificate
    ? [
        [t("owner"), certificate.subject],
        [t("issuer"), certificate.issuer],
        [t("validUntil"), day ?? ""],
        [t("serial"), certificate.serial],
      ]
    : [];
  if (tries !== null && state === "active") facts.push([t("triesLeft"), t("tries", { count: tries })]);
  return (
    <>
      <div class="pad">
        <h2>
          {state === "active" ? <Shield /> : <Mark kind={mark} />}
          {title}
        </h2>
        {text && <p>{text}</p>}
      </div>
      <dl class="facts">
        {facts.map(([name, fact]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

const SHORTEST = 12;
const ACTION = { create: "createKey", "change-passphrase": "changePassphrase", renew: "renew" } as const;
type Wrong = Partial<Record<"old" | "fresh" | "again" | "code", string>>;

function PassphraseForm({ purpose, onDone }: { purpose: Purpose; onDone: () => void }) {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<Wrong>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const seconds = useCodeSeconds();
  const changes = purpose !== "create";

  const check = (): Wrong => {
    if (changes && !old) return { old: t("missing") };
    if ([...fresh].length < SHORTEST) return { fresh: t("passphraseShort", { count: SHORTEST }) };
    if (fresh !== again) return { again: t("passphraseDiffers") };
    if (code.length < 6) return { code: t("codeShort") };
    return {};
  };
  const submit = async () => {
    const found = check();
    setWrong(found);
    setProblem(null);
    if (Object.keys(found).length) return;
    setBusy(true);
    try {
      await choosePassphrase(purpose, { passphrase: fresh, code, ...(changes && { old_passphrase: old }) });
      onDone();
    } catch (error) {
      const refused = asProblem(error);
      if (/wrong-passphrase/.test(refused.code)) setWrong({ old: explain(refused) });
      else if (/weak/.test(refused.code)) setWrong({ fresh: explain(refused) });
      else if (/code/.test(refused.code)) setWrong({ code: explain(refused) });
      else setProblem(refused);
      setCode("");
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      {changes && <SecretField label={t("passphraseOld")} name="old-passphrase" autocomplete="off" value={old} onValue={setOld} wrong={wrong.old} />}
      <SecretField
        label={t("passphrase")}
        name="passphrase"
        autocomplete="off"
        hint={t("passphraseHint")}
        value={fresh}
        onValue={setFresh}
        wrong={wrong.fresh}
      />
      <SecretField label={t("passphraseAgain")} name="passphrase-again" autocomplete="off" value={again} onValue={setAgain} wrong={wrong.again} />
      <CodeField label={t("code")} note={t("turns", { seconds })} value={code} onValue={setCode} wrong={wrong.code} />
      {problem && <Alert problem={problem} />}
      <Button submit busy={busy}>
        {t(ACTION[purpose])}
      </Button>
    </form>
  );
}

function SuspendSheet({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: () => void }) {
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const suspend = () => {
    if (!reason.trim()) return setWrong(t("missing"));
    setBusy(true);
    post(`/certificates/${id}/suspend`, { reason: reason.trim() })
      .then(onDone, (error: unknown) => setProblem(asProblem(error)))
      .finally(() => setBusy(false));
  };
  return (
    <Sheet title={t("suspendTitle")} onClose={onClose}>
      <p>{t("suspendText")}</p>
      <TextField label={t("reason")} value={reason} onValue={setReason} wrong={wrong} maxLength={500} />
      {problem && <Alert problem={problem} />}
      <Button busy={busy} onClick={suspend}>
        {t("suspend")}
      </Button>
    </Sheet>
  );
}
