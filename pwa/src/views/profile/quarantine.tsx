/** What a lost phone of one's own sent after it was reported: nothing of it happened. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import type { Page } from "../../api/types.ts";
import { Phone, Right } from "../../components/icons.tsx";
import { Button } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/profile.ts";
import { tell } from "../profile.tsx";
import { ConfirmSheet } from "./confirm.tsx";
import { when } from "./devices.tsx";

export interface Quarantined {
  id: string;
  kind: "authorisation" | "tick" | "initial" | "return" | "reject";
  device_name: string;
  claimed_at: string | null;
  arrived_at: string;
  papers: { step_id: string; number: string | null; subject: string }[];
}

export function QuarantineList() {
  const found = useResource<Page<Quarantined>>("/quarantine");
  const [open, setOpen] = useState<Quarantined | null>(null);
  const [confirming, setConfirming] = useState(false);
  const items = found.value?.items ?? [];
  if (!items.length) return null;
  const close = () => {
    setOpen(null);
    setConfirming(false);
  };
  const done = (said: string) => {
    close();
    say(said);
    found.reload();
  };
  return (
    <>
      <h2 class="group">{t("quarantine")}</h2>
      <ul class="settings">
        {items.map((item) => (
          <li key={item.id}>
            <button type="button" onClick={() => setOpen(item)}>
              <Phone />
              <span class="settings__words">
                {item.papers[0] ? t("quarantinedOf", { what: t(`quarantined-${item.kind}`), title: item.papers[0].subject }) : t(`quarantined-${item.kind}`)}
                <small class="num">{t("quarantinedFrom", { device: item.device_name, when: when(item.arrived_at) })}</small>
              </span>
              <Right small />
            </button>
          </li>
        ))}
      </ul>
      {open && !confirming && (
        <QuarantineSheet
          item={open}
          onClose={close}
          onGone={() => done(t("discarded"))}
          onConfirm={() => setConfirming(true)}
        />
      )}
      {open && confirming && <ConfirmSheet item={open} onClose={close} onDone={done} />}
    </>
  );
}

interface QuarantineProps {
  item: Quarantined;
  onClose: () => void;
  onGone: () => void;
  onConfirm: () => void;
}

function QuarantineSheet({ item, onClose, onGone, onConfirm }: QuarantineProps) {
  const [busy, setBusy] = useState(false);
  const consent = item.kind === "authorisation" && item.papers.length > 0;
  const discard = () => {
    setBusy(true);
    post(`/quarantine/${item.id}/discard`)
      .then(onGone, tell)
      .finally(() => setBusy(false));
  };
  return (
    <Sheet title={t(`quarantined-${item.kind}`)} onClose={onClose}>
      <p>{t(consent ? "quarantineConsentText" : "quarantineText")}</p>
      <p class="hint num">
        {t("quarantinedFrom", { device: item.device_name, when: when(item.arrived_at) })}
        {item.claimed_at && (
          <>
            <br />
            {t("quarantinedClaims", { when: when(item.claimed_at) })}
          </>
        )}
      </p>
      <ul class="settings">
        {item.papers.map((paper) => (
          <li key={paper.step_id}>
            <a href={`/naskah/${paper.step_id}`}>
              <span class="settings__words">
                {paper.subject}
                {paper.number && <small class="num">{paper.number}</small>}
              </span>
              <Right small />
            </a>
          </li>
        ))}
      </ul>
      <Button kind={consent ? "line" : "main"} busy={busy} onClick={discard}>
        {t(consent ? "discardNotMine" : "discard")}
      </Button>
      {consent && <Button onClick={onConfirm}>{t("confirmMine")}</Button>}
    </Sheet>
  );
}
