/** The citizen's number, as the officer read it on the identity card. */

import { useState } from "preact/hooks";
import { call } from "../../api/client.ts";
import { Alert, Button } from "../../components/parts.tsx";
import { TextField } from "../../components/fields.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { t } from "../../locales/offices.ts";
import { useDoing } from "../parts.tsx";

export function NikSheet({ personId, onClose, onDone }: { personId: string; onClose: () => void; onDone: (said: string) => void }) {
  const [nik, setNik] = useState("");
  const [wrong, setWrong] = useState<string>();
  const { busy, problem, run } = useDoing();
  const save = () => {
    const whole = /^\d{16}$/.test(nik);
    setWrong(whole ? undefined : t("nikWhy"));
    if (!whole) return;
    run(async () => {
      const body = new Blob([JSON.stringify({ nik })], { type: "application/json" });
      await call("PUT", `/people/${personId}/nik`, { body });
      onDone(t("nikDone"));
    });
  };
  return (
    <Sheet title={t("nik")} onClose={onClose}>
      <p class="hint">{t("nikHint")}</p>
      <TextField label={t("nik")} value={nik} wrong={wrong} inputMode="numeric" onValue={setNik} />
      {problem && <Alert problem={problem} />}
      <Button busy={busy} onClick={save}>
        {t("nikSave")}
      </Button>
    </Sheet>
  );
}
