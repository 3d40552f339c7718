/** Pindai: type the code under a paper's square; the public page tells the truth about it. */

import "../styles/trail.css";
import { useState } from "preact/hooks";
import { TextField } from "../components/fields.tsx";
import { Button, Dock, Screen, Work } from "../components/parts.tsx";
import { Places } from "../components/places.tsx";
import { t } from "../locales/trail.ts";

/** A whole address or a bare code, as scanned, pasted or typed from paper. */
export const codeIn = (typed: string): string =>
  (/\/v\/([^/?#]+)/.exec(typed)?.[1] ?? typed).replace(/[^0-9a-z]/gi, "").toUpperCase();

export function ScanView() {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string>();
  const check = () => {
    const code = codeIn(typed);
    if (code) location.assign(`/v/${code}`);
    else setWrong(t("scanMissing"));
  };
  return (
    <Screen title={t("scan")}>
      <header class="bar">
        <span class="bar__title">{t("scan")}</span>
      </header>
      <Work>
        <form
          id="scan"
          class="pad"
          onSubmit={(event) => {
            event.preventDefault();
            check();
          }}
        >
          <h1>{t("scanTitle")}</h1>
          <p>{t("scanText")}</p>
          <TextField
            label={t("scanCode")}
            hint={t("scanHint")}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            value={typed}
            wrong={wrong}
            onValue={(value) => {
              setWrong(undefined);
              setTyped(value);
            }}
          />
          <a class="link" href="/v">
            {t("scanFile")}
          </a>
        </form>
      </Work>
      <Dock>
        <Button onClick={check}>{t("scanGo")}</Button>
      </Dock>
      <Places />
    </Screen>
  );
}
