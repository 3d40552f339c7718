/** One certificate: its facts, put on hold at once, ended for good, or opened again by two. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { Button } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { t } from "../../locales/offices.ts";
import { serverNow } from "../../store/network.ts";
import { Choice, LongField } from "../fields.tsx";
import { DoSheet, onDay, when } from "../parts.tsx";
import type { Certificate } from "../types.ts";

const REASONS = ["affiliationChanged", "keyCompromise", "superseded", "cessationOfOperation", "privilegeWithdrawn"] as const;

export function certificateState(one: Certificate): string {
  if (one.status !== "valid") return t(`certificate-${one.status}`, { when: when(one.status_at) });
  const over = new Date(one.not_after) < serverNow();
  return t(over ? "certificateExpired" : "certificate-valid", { day: onDay(one.not_after) });
}

interface Props {
  certificate: Certificate;
  /** Whether the acting officer is its holder: ending it is then for two others. */
  own: boolean;
  unsuspending: boolean;
  onUnsuspend: () => void;
  onClose: () => void;
  onDone: (said: string) => void;
}

export function CertificateSheet({ certificate, own, unsuspending, onUnsuspend, onClose, onDone }: Props) {
  const [doing, setDoing] = useState<"suspend" | "revoke" | null>(null);
  const [note, setNote] = useState("");
  const [reason, setReason] = useState<string>(REASONS[0]);
  const [wrong, setWrong] = useState<string>();
  const ready = () => {
    setWrong(note.trim() ? undefined : t("reasonNeeded"));
    return Boolean(note.trim());
  };
  if (doing) {
    const revoking = doing === "revoke";
    return (
      <DoSheet
        title={t(revoking ? "revokeTitle" : "suspendTitle")}
        action={t(revoking ? "revoke" : "suspend")}
        ready={ready}
        onClose={onClose}
        onDo={async () => {
          const body = revoking ? { reason, note: note.trim() } : { reason: note.trim() };
          await post(`/certificates/${certificate.id}/${doing}`, body);
          onDone(t(revoking ? "revokeDone" : "suspendDone"));
        }}
      >
        <p class="hint">{t(revoking ? "revokeText" : "suspendText")}</p>
        {revoking && (
          <Choice label={t("because")} value={reason} onValue={setReason}>
            {REASONS.map((one) => (
              <option key={one} value={one}>
                {t(one)}
              </option>
            ))}
          </Choice>
        )}
        <LongField label={t("reason")} value={note} wrong={wrong} onValue={setNote} />
      </DoSheet>
    );
  }
  const facts = [
    ["owner", certificate.subject],
    ["issuer", certificate.issuer],
    ["serial", certificate.serial],
    ["validFrom", onDay(certificate.not_before)],
    ["validUntil", onDay(certificate.not_after)],
    ["state", certificateState(certificate)],
  ] as const;
  return (
    <Sheet title={t("certificate")} onClose={onClose}>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {certificate.status === "suspended" && unsuspending && <p class="hint">{t("unsuspendWaits")}</p>}
      {certificate.status !== "revoked" && own && <p class="hint">{t("ownCase")}</p>}
      {certificate.status !== "revoked" && !own && (
        <Button kind="line" onClick={() => setDoing("revoke")}>
          {t("revoke")}
        </Button>
      )}
      {certificate.status === "valid" && <Button onClick={() => setDoing("suspend")}>{t("suspend")}</Button>}
      {certificate.status === "suspended" && !unsuspending && !own && <Button onClick={onUnsuspend}>{t("unsuspend-certificate")}</Button>}
    </Sheet>
  );
}
