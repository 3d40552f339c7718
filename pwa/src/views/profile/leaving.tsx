/** Before signing out: what is not sent would be lost, so it is asked first. */

import { Button } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { t } from "../../locales/offline.ts";
import { unsent } from "../../store/unsent.ts";

export function LeavingSheet({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  return (
    <Sheet title={t("leaveTitle")} onClose={onStay}>
      <p class="rise__text">{t("leaveText", { count: unsent.value.length })}</p>
      <Button kind="text" onClick={onLeave}>
        {t("leaveAnyway")}
      </Button>
      <Button onClick={onStay}>{t("leaveStay")}</Button>
    </Sheet>
  );
}
