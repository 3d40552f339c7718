/** The sign sheet without a line: the consent is sealed here and carried out once there is one again. */

import { useEffect, useState } from "preact/hooks";
import { asProblem, type Problem } from "../../api/problem.ts";
import type { StepDetail } from "../../api/types.ts";
import { NoteCard, Skeleton } from "../../components/parts.tsx";
import { t } from "../../locales/sign.ts";
import type { Secrets } from "../../store/signing.ts";
import { consent, consentReady, type Ready } from "../../sync/consent.ts";
import { Unlock } from "../offline/unlock.tsx";
import { Blocked, SecretsForm } from "./secrets.tsx";

interface OfflineSignProps {
  step: StepDetail;
  onRecheck: () => void;
  onDone: (sent: boolean) => void;
}

export function OfflineSign({ step, onRecheck, onDone }: OfflineSignProps) {
  const [ready, setReady] = useState<Ready | "locked" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const check = () => consentReady(step).then(setReady, (error: unknown) => setProblem(asProblem(error)));
  useEffect(() => void check(), []);
  if (problem) return <Blocked problem={problem} onRecheck={onRecheck} />;
  if (!ready) return <Skeleton rows={2} />;
  if (ready === "locked") return <Unlock onOpen={() => void check()} />;
  const send = async (secrets: Secrets) => onDone((await consent(step, ready, secrets)).kind === "delivered");
  return (
    <SecretsForm
      standing={{ ...ready.terms, tries_left: null, code_wait_until: ready.code_wait_until, passkey: ready.passkey }}
      count={1}
      word={t("agreeOffline")}
      send={send}
      onRefused={() => void check()}
    >
      <NoteCard title={t("offlineTitle")}>{t("offlineText")}</NoteCard>
      <div class="field">
        <span class="label">{t("as")}</span>
        <div class="input input--two">
          <b>{step.capacity ?? ready.terms.item.capacity}</b>
        </div>
      </div>
    </SecretsForm>
  );
}
