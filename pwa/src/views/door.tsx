/** The door: password, then a code on a new device, then this device's own key. */

import "../styles/door.css";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem, asProblem } from "../api/problem.ts";
import { CodeTimer } from "../components/code-timer.tsx";
import { CheckBox, CodeField, SecretField, TextField } from "../components/fields.tsx";
import { Brand } from "../components/marks.tsx";
import { Alert, Button, Dock, OfflineStrip, Screen, Work } from "../components/parts.tsx";
import { say } from "../components/toast.tsx";
import { t } from "../locales/door.ts";
import { explain } from "../locales/explain.ts";
import { language, setLanguage } from "../locales/index.ts";
import { arriving, endedBecause, enrol, session, signIn, type Door } from "../store/session.ts";
import { SecondFactor } from "./second-factor.tsx";

type Step = "password" | "code" | "recovery" | "totp" | "device";

export function DoorView() {
  const [step, setStep] = useState<Step>(session.value && !session.value.totp_confirmed ? "totp" : "password");
  const [door, setDoor] = useState<Door>({ username: "", password: "" });
  const [own, setOwn] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(endedBecause.value);
  const [busy, setBusy] = useState(false);

  useEffect(() => () => void (arriving.value = false), []);
  // A phone that was reported lost learns a moment after its session why that ended.
  const because = endedBecause.value;
  useEffect(() => void (because && setProblem(because)), [because]);

  /** Inside: what is still missing, in order: second factor, device key, then the desk. */
  const settle = async () => {
    const who = session.value;
    if (who && !who.totp_confirmed) return setStep("totp");
    if (who && !who.device && own) {
      setStep("device");
      await enrol(door.username || who.username).catch((error: unknown) => say(explain(asProblem(error))));
    }
    arriving.value = false;
  };

  const knock = async (more: Partial<Door>) => {
    setBusy(true);
    setProblem(null);
    try {
      arriving.value = true;
      await signIn({ ...door, ...more });
      await settle();
    } catch (error) {
      arriving.value = false;
      const refused = asProblem(error);
      if (refused.code === "identity/code-required") setStep("code");
      else setProblem(refused);
    } finally {
      setBusy(false);
    }
  };

  const steps: Record<Step, () => ComponentChildren> = {
    password: () => (
      <Password {...{ door, busy, problem }} onDoor={setDoor} onEnter={() => void knock({})} />
    ),
    code: () => (
      <Code {...{ busy, problem, own }} onOwn={setOwn} onCode={(code) => void knock({ code })} onLost={() => setStep("recovery")} />
    ),
    recovery: () => (
      <Recovery {...{ busy, problem }} onCode={(recovery_code) => void knock({ recovery_code })} onBack={() => setStep("code")} />
    ),
    totp: () => <SecondFactor onDone={() => void confirmed(settle)} />,
    device: () => (
      <Work>
        <Threshold title={t("deviceTitle")} text="" />
      </Work>
    ),
  };
  return (
    <Screen title={t("title")}>
      <OfflineStrip />
      {steps[step]()}
    </Screen>
  );
}

/** The session was made before the second factor; from here on it counts as confirmed. */
async function confirmed(settle: () => Promise<void>): Promise<void> {
  arriving.value = true;
  if (session.value) session.value = { ...session.value, totp_confirmed: true };
  await settle();
}

function Threshold({ title, text, children }: { title: string; text: string; children?: ComponentChildren }) {
  const other = language.value === "id" ? "en" : "id";
  return (
    <div class="door">
      <div class="door__brand">
        <Brand />
        Centang
        <Button kind="text" onClick={() => setLanguage(other)}>
          <span lang={other}>{t("language")}</span>
        </Button>
      </div>
      <div>
        <h1>{title}</h1>
        {text && <p>{text}</p>}
      </div>
      {children}
    </div>
  );
}

const submit = (act: () => void) => (event: Event) => {
  event.preventDefault();
  act();
};

interface StepProps {
  busy: boolean;
  problem: Problem | null;
}

function Password({ door, busy, problem, onDoor, onEnter }: StepProps & { door: Door; onDoor: (door: Door) => void; onEnter: () => void }) {
  return (
    <>
      <Work>
        <Threshold title={t("welcome")} text={problem?.status === 401 && !door.username ? t("ended") : t("welcomeText")}>
          <form id="door" onSubmit={submit(onEnter)}>
            <TextField
              label={t("username")}
              name="username"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              required
              value={door.username}
              onValue={(username) => onDoor({ ...door, username })}
            />
            <SecretField
              label={t("password")}
              name="password"
              autocomplete="current-password"
              required
              value={door.password}
              onValue={(password) => onDoor({ ...door, password })}
            />
            {problem && (door.username || problem.status !== 401) && <Alert problem={problem} />}
            <input type="submit" class="sr" tabIndex={-1} aria-hidden="true" />
          </form>
        </Threshold>
      </Work>
      <Dock flat>
        <FormButton busy={busy}>{t("enter")}</FormButton>
      </Dock>
    </>
  );
}

/** The one blue button at the foot, submitting the form above it. */
const FormButton = ({ busy, children }: { busy: boolean; children: ComponentChildren }) => (
  <button class={busy ? "btn btn--main btn--busy" : "btn btn--main"} type={busy ? "button" : "submit"} form="door" aria-busy={busy}>
    {children}
  </button>
);

interface CodeProps extends StepProps {
  own: boolean;
  onOwn: (own: boolean) => void;
  onCode: (code: string) => void;
  onLost: () => void;
}

function Code({ busy, problem, own, onOwn, onCode, onLost }: CodeProps) {
  const [code, setCode] = useState("");
  const [short, setShort] = useState(false);
  useEffect(() => setCode(""), [problem]);
  const wrong = short ? t("codeShort") : problem ? explain(problem) : undefined;
  return (
    <>
      <Work>
        <Threshold title={t("codeTitle")} text={t("codeTextPlain")}>
          <form id="door" onSubmit={submit(() => (code.length === 6 ? onCode(code) : setShort(true)))}>
            <CodeField
              label={t("code")}
              value={code}
              wrong={wrong}
              onValue={(value) => {
                setShort(false);
                setCode(value);
              }}
            />
            <CodeTimer />
            <CheckBox checked={own} onChecked={onOwn}>
              {t("mine")}
              <small>{t("mineHint")}</small>
            </CheckBox>
          </form>
          <p class="hint">{t("never")}</p>
        </Threshold>
      </Work>
      <Dock flat>
        <FormButton busy={busy}>{t("enter")}</FormButton>
        <Button kind="text" onClick={onLost}>
          {t("lost")}
        </Button>
      </Dock>
    </>
  );
}

function Recovery({ busy, problem, onCode, onBack }: StepProps & { onCode: (code: string) => void; onBack: () => void }) {
  const [code, setCode] = useState("");
  return (
    <>
      <Work>
        <Threshold title={t("recoveryTitle")} text={t("recoveryText")}>
          <form id="door" onSubmit={submit(() => onCode(code.trim()))}>
            <TextField
              label={t("recovery")}
              name="recovery"
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              required
              value={code}
              onValue={setCode}
              wrong={problem ? explain(problem) : undefined}
            />
          </form>
          <p class="hint">{t("clockHint")}</p>
          <p class="hint">{t("recoveryNone")}</p>
        </Threshold>
      </Work>
      <Dock flat>
        <FormButton busy={busy}>{t("enter")}</FormButton>
        <Button kind="text" onClick={onBack}>
          {t("backToCode")}
        </Button>
      </Dock>
    </>
  );
}
