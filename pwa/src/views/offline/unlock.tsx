/** The offline PIN: asked only where there is no line and something lies here under it. */

import { useState } from "preact/hooks";
import { SecretField } from "../../components/fields.tsx";
import { Button } from "../../components/parts.tsx";
import { t } from "../../locales/offline.ts";
import { unlock } from "../../sync/held.ts";
import { TRIES } from "../../sync/vault.ts";

export function Unlock({ onOpen }: { onOpen?: () => void }) {
  const [pin, setPin] = useState("");
  const [wrong, setWrong] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!pin) return setWrong(t("pinMissing"));
    setBusy(true);
    const found = await unlock(pin);
    setBusy(false);
    setPin("");
    if (found.kind === "open") return onOpen?.();
    if (found.kind === "wrong") setWrong(t("pinWrong", { left: found.left }));
    else if (found.kind === "wait") setWrong(t("pinWait", { seconds: Math.ceil((found.until - Date.now()) / 1000) }));
    else setWrong(t("pinWiped", { tries: TRIES }));
  };
  return (
    <div class="pad">
      <h2>{t("unlockTitle")}</h2>
      <p>{t("unlockText")}</p>
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
        <Button submit busy={busy}>
          {t("open")}
        </Button>
      </form>
    </div>
  );
}
