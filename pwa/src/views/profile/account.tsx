/** The account: password, authenticator, recovery codes. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { asProblem, type Problem } from "../../api/problem.ts";
import { CodeField, SecretField } from "../../components/fields.tsx";
import { Key, Phone, Right, Shield } from "../../components/icons.tsx";
import { Alert, BackBar, Button, OfflineStrip, Screen, Work } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { explain } from "../../locales/explain.ts";
import { t } from "../../locales/profile.ts";
import { RecoveryCodes, SecondFactor } from "../second-factor.tsx";

type Open = "password" | "replace" | "codes" | null;

export function AccountView() {
  const [open, setOpen] = useState<Open>(null);
  const [replacing, setReplacing] = useState<string | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) {
    return (
      <Screen title={t("renewCodes")}>
        <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />
      </Screen>
    );
  }
  if (replacing) {
    const done = () => {
      setReplacing(null);
      say(t("totpDone"));
    };
    return (
      <Screen title={t("replaceTotp")}>
        <SecondFactor code={replacing} onDone={done} />
      </Screen>
    );
  }
  const entries = [
    { Icon: Key, word: "changePassword", to: "password" },
    { Icon: Phone, word: "replaceTotp", to: "replace" },
    { Icon: Shield, word: "renewCodes", to: "codes" },
  ] as const;
  const renewCodes = async (code: string) => {
    setCodes((await post<{ recovery_codes: string[] }>("/recovery-codes", { code })).recovery_codes);
  };
  return (
    <Screen title={t("security")}>
      <BackBar title={t("security")} to="/profil" />
      <OfflineStrip />
      <Work>
        <ul class="settings">
          {entries.map(({ Icon, word, to }) => (
            <li key={to}>
              <button type="button" onClick={() => setOpen(to)}>
                <Icon />
                <span class="settings__words">{t(word)}</span>
                <Right small />
              </button>
            </li>
          ))}
        </ul>
      </Work>
      {open === "password" && <PasswordSheet onClose={() => setOpen(null)} />}
      {open === "replace" && (
        <CodeSheet
          title={t("replaceTotp")}
          text={t("replaceTotpText")}
          onClose={() => setOpen(null)}
          onCode={async (code) => {
            setOpen(null);
            setReplacing(code);
          }}
        />
      )}
      {open === "codes" && (
        <CodeSheet title={t("renewCodes")} text={t("renewCodesText")} onClose={() => setOpen(null)} onCode={renewCodes} />
      )}
    </Screen>
  );
}

function PasswordSheet({ onClose }: { onClose: () => void }) {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const code = problem?.code ?? "";
  const about = (part: RegExp) => (problem && part.test(code) ? explain(problem) : undefined);
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await post("/password", { old, new: fresh });
      say(t("passwordChanged"));
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Sheet title={t("changePassword")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        <SecretField label={t("passwordOld")} autocomplete="current-password" required value={old} onValue={setOld} wrong={about(/wrong-password/)} />
        <SecretField
          label={t("passwordNew")}
          autocomplete="new-password"
          required
          hint={t("passwordHint")}
          value={fresh}
          onValue={setFresh}
          wrong={about(/weak/)}
        />
        {problem && !/wrong-password|weak/.test(code) && <Alert problem={problem} />}
        <Button submit busy={busy}>
          {t("changePassword")}
        </Button>
      </form>
    </Sheet>
  );
}

interface CodeSheetProps {
  title: string;
  text: string;
  onClose: () => void;
  onCode: (code: string) => Promise<void>;
}

function CodeSheet({ title, text, onClose, onCode }: CodeSheetProps) {
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (code.length < 6) return setWrong(t("codeShort"));
    setBusy(true);
    try {
      await onCode(code);
    } catch (error) {
      setWrong(explain(asProblem(error)));
      setCode("");
      setBusy(false);
    }
  };
  return (
    <Sheet title={title} onClose={onClose}>
      <p>{text}</p>
      <CodeField
        label={t("code")}
        value={code}
        wrong={wrong}
        onValue={(value) => {
          setWrong(undefined);
          setCode(value);
        }}
      />
      <Button busy={busy} onClick={() => void submit()}>
        {title}
      </Button>
    </Sheet>
  );
}
