/** The coat of arms: shown as it is kept, replaced by a PNG. */

import { useState } from "preact/hooks";
import { Alert } from "../../components/parts.tsx";
import { Upload } from "../../components/icons.tsx";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices-admin.ts";
import { useDoing } from "../parts.tsx";
import { keepLogo } from "./store.ts";

export function Arms({ url, onKept }: { url: string | null; onKept: () => void }) {
  const { busy, problem, run } = useDoing();
  const [shown, setShown] = useState(url);
  const keep = (file: File | undefined) =>
    file &&
    run(async () => {
      setShown((await keepLogo(file)).logo_url);
      say(t("armsKept"));
      onKept();
    });
  return (
    <>
      <div class="arms">
        {shown && <img src={shown} alt={t("arms")} />}
        <label class={busy ? "btn btn--busy" : "btn"} aria-busy={busy}>
          <Upload small />
          {t(shown ? "armsReplace" : "armsChoose")}
          <input
            type="file"
            accept="image/png"
            onChange={(event) => {
              keep(event.currentTarget.files?.[0]);
              event.currentTarget.value = "";
            }}
          />
        </label>
      </div>
      <p class="hint">{t("armsHint")}</p>
      {problem && <Alert problem={problem} />}
    </>
  );
}
