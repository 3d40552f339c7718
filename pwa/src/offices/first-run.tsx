/** The first minute of an empty installation: the agency and its first administrator. */

import "../styles/door.css";
import { useEffect, useState } from "preact/hooks";
import { post, read } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { ViewProps } from "../app/view.ts";
import { go } from "../app/router.ts";
import { SecretField, TextField } from "../components/fields.tsx";
import { Brand } from "../components/marks.tsx";
import { Alert, Button, Dock, Failed, OfflineStrip, Screen, Skeleton, Work } from "../components/parts.tsx";
import { say } from "../components/toast.tsx";
import { language, setLanguage } from "../locales/index.ts";
import { t } from "../locales/offices-admin.ts";
import { ZoneChoice } from "./admin/agency.tsx";
import { blank, sound, type Wrong } from "./fields.tsx";
import type { AgencySettings } from "./types.ts";

const SHORTEST = 12;
const EMPTY = { agency: "", short: "", name: "", username: "", nip: "", password: "" };
type Name = keyof typeof EMPTY;

/** The token stands behind `#` and leaves the address at once: only the body of one request holds it. */
function useToken(): string {
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  useEffect(() => history.replaceState(history.state, "", location.pathname), []);
  return token;
}

export function FirstRunView(_: ViewProps) {
  const token = useToken();
  const [needed, setNeeded] = useState<boolean | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const look = () => {
    setProblem(null);
    read<{ needed: boolean }>("/setup").then(
      (answer) => setNeeded(answer.needed),
      (error: unknown) => setProblem(asProblem(error)),
    );
  };
  useEffect(look, []);
  if (needed && token) return <Founding token={token} />;
  return (
    <Screen title={t("firstRun")}>
      <OfflineStrip />
      <Work>
        {problem ? (
          <Failed problem={problem} retry={look} />
        ) : needed === null ? (
          <Skeleton />
        ) : (
          <div class="door">
            <Head />
            <div>
              <h1>{t(needed ? "tokenMissing" : "alreadySetUp")}</h1>
              <p>{t(needed ? "tokenMissingText" : "alreadySetUpText")}</p>
            </div>
          </div>
        )}
      </Work>
      {needed === false && (
        <Dock flat>
          <a class="btn btn--main" href="/masuk">
            {t("toSignIn")}
          </a>
        </Dock>
      )}
    </Screen>
  );
}

function Head() {
  const other = language.value === "id" ? "en" : "id";
  return (
    <div class="door__brand">
      <Brand />
      Centang
      <Button kind="text" onClick={() => setLanguage(other)}>
        <span lang={other}>{t("otherLanguage")}</span>
      </Button>
    </div>
  );
}

function Founding({ token }: { token: string }) {
  const [facts, setFacts] = useState(EMPTY);
  const [zone, setZone] = useState<AgencySettings["zone"]>("WIB");
  const [step, setStep] = useState<"agency" | "person">("agency");
  const [wrong, setWrong] = useState<Wrong<Name>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const input = (name: Name) => ({
    value: facts[name],
    wrong: wrong[name],
    onValue: (value: string) => setFacts({ ...facts, [name]: value }),
  });

  const check = (names: readonly Name[]): boolean => {
    const found = blank(facts, names);
    const nip = facts.nip.replace(/\s/g, "");
    if (names.includes("password")) {
      if (!found.username && !/^[\w.@-]{3,64}$/.test(facts.username.trim())) found.username = t("usernameHint");
      if (!found.password && facts.password.length < SHORTEST) found.password = t("passwordHint", { count: SHORTEST });
      if (nip && !/^\d{18}$/.test(nip)) found.nip = t("nipWrong");
    }
    setWrong(found);
    return sound(found);
  };

  const found = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await post("/setup", {
        token,
        agency: { name: facts.agency.trim(), short_name: facts.short.trim(), zone },
        administrator: {
          name: facts.name.trim(),
          username: facts.username.trim(),
          password: facts.password,
          nip: facts.nip.replace(/\s/g, "") || null,
        },
      });
      say(t("founded"));
      go("/kelola/penyiapan", { replace: true });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };

  const onward = () => {
    if (step === "agency") return check(["agency", "short"]) && setStep("person");
    return check(["name", "username", "password"]) && void found();
  };

  return (
    <Screen title={t("firstRun")}>
      <OfflineStrip />
      <Work key={step}>
        <div class="door">
          <Head />
          <div>
            <h1>{t(step === "agency" ? "firstAgency" : "firstPerson")}</h1>
            <p>{t(step === "agency" ? "firstAgencyText" : "firstPersonText")}</p>
          </div>
          <form
            id="first"
            onSubmit={(event) => {
              event.preventDefault();
              onward();
            }}
          >
            {step === "agency" ? (
              <>
                <TextField label={t("agencyName")} maxLength={200} {...input("agency")} />
                <TextField label={t("shortName")} hint={t("shortNameHint")} maxLength={200} {...input("short")} />
                <ZoneChoice value={zone} onValue={setZone} />
              </>
            ) : (
              <>
                <TextField label={t("name")} autocomplete="name" maxLength={200} {...input("name")} />
                <TextField label={t("nipOptional")} inputMode="numeric" maxLength={24} {...input("nip")} />
                <TextField
                  label={t("username")}
                  hint={t("usernameHint")}
                  name="username"
                  autocomplete="username"
                  autocapitalize="none"
                  spellcheck={false}
                  maxLength={64}
                  {...input("username")}
                />
                <SecretField
                  label={t("password")}
                  hint={t("passwordHint", { count: SHORTEST })}
                  name="new-password"
                  autocomplete="new-password"
                  {...input("password")}
                />
              </>
            )}
            <input type="submit" class="sr" tabIndex={-1} aria-hidden="true" />
          </form>
        </div>
      </Work>
      <Dock flat>
        {problem && <Alert problem={problem} />}
        <Button busy={busy} onClick={onward}>
          {t(step === "agency" ? "next" : "found")}
        </Button>
        {step === "person" && (
          <Button kind="text" onClick={() => setStep("agency")}>
            {t("backToAgency")}
          </Button>
        )}
      </Dock>
    </Screen>
  );
}
