/** What stands here when the browser cannot keep a key: a clear explanation instead of failing. */

import { Brand } from "../components/marks.tsx";
import { Screen, Work } from "../components/parts.tsx";
import { t } from "../locales/core.ts";

export function Insecure({ secure }: { secure: boolean }) {
  const title = t(secure ? "oldTitle" : "insecureTitle");
  return (
    <Screen title={title}>
      <Work>
        <div class="plain">
          <p class="plain__brand">
            <Brand /> {t("brand")}
          </p>
          <h1>{title}</h1>
          <p>{t(secure ? "oldText" : "insecureText")}</p>
          {!secure && (
            <>
              <h2>{t("insecureWhat")}</h2>
              <ol>
                <li>{t("insecureStep1")}</li>
                <li>{t("insecureStep2")}</li>
                <li>{t("insecureStep3")}</li>
              </ol>
            </>
          )}
        </div>
      </Work>
    </Screen>
  );
}
