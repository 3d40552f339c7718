/** Somebody's device as an officer sees it: let sign by two, ended by one. */

import { post } from "../../api/client.ts";
import type { Device } from "../../api/types.ts";
import { Alert, Button } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { t } from "../../locales/offices.ts";
import { useDoing, when } from "../parts.tsx";
import { isLive, isWaiting } from "./store.ts";

export function deviceState(device: Device): string {
  if (device.lost_at) return t("deviceLost", { when: when(device.lost_at) });
  if (device.revoked_at) return t("deviceRevoked", { when: when(device.revoked_at) });
  if (isWaiting(device)) return t("deviceWaits", { when: when(device.may_sign_from) });
  return t("deviceUsed", { when: when(device.last_used_at) });
}

interface Props {
  personId: string;
  device: Device;
  approving: boolean;
  own: boolean;
  onApprove: () => void;
  onClose: () => void;
  onDone: (said: string) => void;
}

export function DeviceSheet({ personId, device, approving, own, onApprove, onClose, onDone }: Props) {
  const { busy, problem, run } = useDoing();
  const end = (how: "revoke" | "report-lost") =>
    run(async () => {
      await post(`/people/${personId}/devices/${device.id}/${how}`);
      onDone(t(how === "revoke" ? "deviceRevokeDone" : "deviceLostDone"));
    });
  const mayApprove = isWaiting(device) && !approving && !own;
  return (
    <Sheet title={device.name} onClose={onClose}>
      <p class="hint num">{deviceState(device)}</p>
      <p class="hint">{t("deviceEnrolled", { when: when(device.enrolled_at) })}</p>
      {isWaiting(device) && approving && <p class="hint">{t("approveWaits")}</p>}
      {isLive(device) && <p class="hint">{t("deviceEndText")}</p>}
      {problem && <Alert problem={problem} />}
      {!device.lost_at && (
        <Button kind="line" busy={busy} onClick={() => end("report-lost")}>
          {t("deviceReportLost")}
        </Button>
      )}
      {isLive(device) && (
        <Button kind={mayApprove ? "line" : "main"} busy={busy} onClick={() => end("revoke")}>
          {t("deviceRevoke")}
        </Button>
      )}
      {mayApprove && <Button onClick={onApprove}>{t("approve-device")}</Button>}
    </Sheet>
  );
}
