/** Segel: my half of the agency's seal. Choosing its passphrase, and consenting to seal. */

import { useState } from "preact/hooks";
import { erase } from "../../api/client.ts";
import { asProblem, type Problem } from "../../api/problem.ts";
import { useCodeSeconds } from "../../components/code-timer.tsx";
import { CodeField, SecretField, TextField } from "../../components/fields.tsx";
import { Alert, BackBar, Button, Failed, OfflineStrip, Screen, Skeleton, Work } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { explain } from "../../locales/explain.ts";
import { t } from "../../locales/profile.ts";
import { epoch } from "../../store/network.ts";
import { consentToSeal, type SealStanding } from "../../store/seal.ts";
import { when } from "./devices.tsx";

const MOST_HOURS = 24;
const MOST_PAPERS = 10_000;

export function SealView() {
  const { value, problem, reload } = useResource<SealStanding>("/seal");
  const done = () => {
    say(t("sealDone"));
    reload();
  };
  const end = () => erase("/seal/activation").then(done, (error: unknown) => say(explain(asProblem(error))));
  const running = value?.activation;
  const consents = value && (value.state === "to-join" || value.state === "idle" || (value.state === "proposed" && !running?.mine));
  return (
    <Screen title={t("seal")}>
      <BackBar title={t("seal")} to="/profil" />
      <OfflineStrip />
      <Work>
        {problem && <Failed problem={problem} retry={reload} />}
        {!value && !problem && <Skeleton rows={3} />}
        {value && (
          <div class="pad">
            <h2>{t(`seal-${value.state}`)}</h2>
            {value.state === "none" && <p>{t("sealNoneText")}</p>}
            {value.custodians.length > 0 && <p>{t("sealHeld", { names: value.custodians.join(` ${t("and")} `) })}</p>}
            {running && <p>{t("sealTerms", { until: when(running.ends_at), used: running.used, documents: running.documents })}</p>}
            {value.waiting > 0 && <p>{t("sealWaiting", { count: value.waiting })}</p>}
            {consents && <ConsentForm key={value.state} standing={value} onDone={done} />}
            {running && (
              <Button kind="calm" onClick={() => void end()}>
                {t("sealEnd")}
              </Button>
            )}
          </div>
        )}
      </Work>
    </Screen>
  );
}

function ConsentForm({ standing, onDone }: { standing: SealStanding; onDone: () => void }) {
  const [hours, setHours] = useState("8");
  const [papers, setPapers] = useState("100");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const seconds = useCodeSeconds();
  const joins = standing.state === "to-join";
  const first = standing.state === "idle";
  const within = (text: string, most: number) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most;

  const consent = () => {
    if (joins) return { purpose: "join" } as const;
    const known = first ? null : standing.activation;
    const ends_at = known ? Date.parse(known.ends_at) / 1000 : epoch() + Number(hours) * 3600 - 60;
    return { purpose: "activate", activation: known?.id ?? null, ends_at, documents: known?.documents ?? Number(papers) } as const;
  };
  const submit = async () => {
    const found = {
      ...(first && !within(hours, MOST_HOURS) ? { hours: t("sealRange", { most: MOST_HOURS }) } : {}),
      ...(first && !within(papers, MOST_PAPERS) ? { papers: t("sealRange", { most: MOST_PAPERS }) } : {}),
      ...(passphrase ? {} : { passphrase: t("missing") }),
      ...(joins && passphrase !== again ? { again: t("passphraseDiffers") } : {}),
      ...(code.length < 6 ? { code: t("codeShort") } : {}),
    };
    setWrong(found);
    setProblem(null);
    if (Object.keys(found).length) return;
    setBusy(true);
    try {
      await consentToSeal(consent(), { passphrase, code });
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
    }
    setCode("");
    setBusy(false);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void submit();
      }}
    >
      {first && (
        <>
          <TextField label={t("sealHours")} value={hours} wrong={wrong.hours} inputMode="numeric" maxLength={2} onValue={setHours} />
          <TextField label={t("sealPapers")} value={papers} wrong={wrong.papers} inputMode="numeric" maxLength={5} onValue={setPapers} />
        </>
      )}
      <SecretField
        label={t("sealPassphrase")}
        name="seal-passphrase"
        autocomplete="off"
        hint={joins ? t("passphraseHint") : undefined}
        value={passphrase}
        wrong={wrong.passphrase}
        onValue={setPassphrase}
      />
      {joins && (
        <SecretField label={t("passphraseAgain")} name="seal-passphrase-again" autocomplete="off" value={again} wrong={wrong.again} onValue={setAgain} />
      )}
      <CodeField label={t("code")} note={t("turns", { seconds })} value={code} onValue={setCode} wrong={wrong.code} />
      {problem && <Alert problem={problem} />}
      <Button submit busy={busy}>
        {t(joins ? "sealJoin" : first ? "sealPropose" : "sealAgree")}
      </Button>
    </form>
  );
}
