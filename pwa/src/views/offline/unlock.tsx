/** The lock on what lies here: asked only where there is no line. The passkey opens it where it may, else the PIN. */

import { useEffect, useState } from "preact/hooks";
import { asProblem } from "../../api/problem.ts";
import { ReaderView } from "../../app/routes.tsx";
import { SecretField } from "../../components/fields.tsx";
import { Button } from "../../components/parts.tsx";
import { explain } from "../../locales/explain.ts";
import { t } from "../../locales/offline.ts";
import { opensByPasskey, unlock, unlockByPasskey, type Unlocked } from "../../sync/held.ts";
import { TRIES } from "../../sync/vault.ts";

/** Why a PIN did not open it. */
export function refusedPin(found: Exclude<Unlocked, { kind: "open" }>): string {
  if (found.kind === "wrong") return t("pinWrong", { left: found.left });
  if (found.kind === "wait") return t("pinWait", { seconds: Math.ceil((found.until - Date.now()) / 1000) });
  return t("pinWiped", { tries: TRIES });
}

export function Unlock({ onOpen }: { onOpen?: () => void }) {
  const [pin, setPin] = useState("");
  const [wrong, setWrong] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const [recognises, setRecognises] = useState(false);
  const [unknown, setUnknown] = useState<string | undefined>();
  useEffect(() => void opensByPasskey().then(setRecognises), []);
  // While the PIN is typed, what shows a paper comes.
  useEffect(() => void ReaderView.ahead().catch(() => undefined), []);
  const submit = async () => {
    if (!pin) return setWrong(t("pinMissing"));
    setBusy(true);
    const found = await unlock(pin);
    setBusy(false);
    setPin("");
    if (found.kind === "open") onOpen?.();
    else setWrong(refusedPin(found));
  };
  const recognise = () => {
    setBusy(true);
    setUnknown(undefined);
    unlockByPasskey()
      .then(onOpen, (error: unknown) => setUnknown(explain(asProblem(error))))
      .finally(() => setBusy(false));
  };
  return (
    <div class="pad">
      <h2>{t(recognises ? "unlockKnown" : "unlockTitle")}</h2>
      <p>{t(recognises ? "unlockKnownText" : "unlockText")}</p>
      {recognises && (
        <>
          {unknown && (
            <p class="alert" role="alert">
              {unknown}
            </p>
          )}
          <Button busy={busy} onClick={recognise}>
            {t("unlockByPasskey")}
          </Button>
        </>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        <SecretField
          label={t("pin")}
          autocomplete="off"
          value={pin}
          wrong={wrong}
          onValue={(value) => {
            setWrong(undefined);
            setPin(value);
          }}
        />
        <Button kind={recognises ? "line" : "main"} submit busy={busy}>
          {t("open")}
        </Button>
      </form>
    </div>
  );
}
