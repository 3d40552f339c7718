/** Where no camera helps: the code as it stands below the square, or a photo of it. */

import { useState } from "preact/hooks";
import { TextField } from "../../components/fields.tsx";
import { Button, Dock, Screen, Work } from "../../components/parts.tsx";
import { Places } from "../../components/places.tsx";
import { t } from "../../locales/scan.ts";
import { session } from "../../store/session.ts";
import type { Trouble } from "./lens.tsx";

/** A whole address or a bare code, as pasted or typed from paper. */
export const codeIn = (typed: string): string =>
  (/\/v\/([^/?#]+)/.exec(typed)?.[1] ?? typed).replace(/[^0-9a-z]/gi, "").toUpperCase();

interface TypedProps {
  trouble: Trouble | undefined;
  found: (text: string) => void;
  lens: () => void;
}

export function Typed({ trouble, found, lens }: TypedProps) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string>();
  const check = () => {
    // A whole address is judged like a scanned one; a bare code opens its record.
    if (/^https?:\/\//i.test(typed.trim())) return found(typed.trim());
    const code = codeIn(typed);
    if (code) location.assign(`/v/${code}`);
    else setWrong(t("codeMissing"));
  };
  return (
    <Screen title={t("typeTitle")}>
      <header class="bar">
        <span class="bar__title">{t("lens")}</span>
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
          <h1>{t("typeTitle")}</h1>
          <p role="status">{t(trouble ?? "typeText")}</p>
          <TextField
            label={t("code")}
            hint={t("codeHint")}
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
          <button type="button" class="link" onClick={lens}>
            {t("useCamera")}
          </button>
          <a class="link" href="/v">
            {t("file")}
          </a>
        </form>
      </Work>
      <Dock>
        <Button onClick={check}>{t("codeGo")}</Button>
      </Dock>
      {session.value && <Places />}
    </Screen>
  );
}
