/** Lets this phone's passkey open what is kept here, beside the PIN, which is asked once more for it. */

import { useEffect, useState } from "preact/hooks";
import { asProblem, Problem } from "../../api/problem.ts";
import { SecretField } from "../../components/fields.tsx";
import { Alert, Button } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { deviceOf, type LocalPasskey } from "../../lib/device.ts";
import { t } from "../../locales/offline.ts";
import { signedIn } from "../../store/session.ts";
import { letPasskeyOpen } from "../../sync/held.ts";
import { refusedPin } from "../offline/unlock.tsx";

export function PasskeySheet({ onClose }: { onClose: () => void }) {
  const [passkey, setPasskey] = useState<LocalPasskey | null | undefined>();
  const [pin, setPin] = useState("");
  const [wrong, setWrong] = useState<string | undefined>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => void deviceOf(signedIn().person.id).then((device) => setPasskey(device?.passkey ?? null)), []);
  const submit = async (id: string) => {
    if (!pin) return setWrong(t("pinMissing"));
    setBusy(true);
    setProblem(null);
    try {
      const found = await letPasskeyOpen(id, pin);
      if (found.kind !== "open") return setWrong(refusedPin(found));
      say(t("byPasskeyDone"));
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
      setPin("");
    }
  };
  if (passkey === undefined) return null;
  if (!passkey?.prf) {
    return (
      <Sheet title={t("byPasskey")} onClose={onClose}>
        <p class="rise__text">{t(passkey ? "byPasskeyCannot" : "byPasskeyNone")}</p>
        {!passkey && (
          <a class="btn btn--main" href="/profil/perangkat">
            {t("toPasskeys")}
          </a>
        )}
      </Sheet>
    );
  }
  return (
    <Sheet title={t("byPasskey")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit(passkey.id);
        }}
      >
        <p class="rise__text">{t("byPasskeyText")}</p>
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
        {problem && <Alert problem={problem} />}
        <Button submit busy={busy}>
          {t("byPasskeyGo")}
        </Button>
      </form>
    </Sheet>
  );
}
