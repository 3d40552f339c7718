/** The sign sheet without a line: the consent is sealed here and carried out once there is one again. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asProblem, Problem } from "../../api/problem.ts";
import type { StepDetail } from "../../api/types.ts";
import { NoteCard, Skeleton } from "../../components/parts.tsx";
import { t } from "../../locales/sign.ts";
import type { Secrets } from "../../store/signing.ts";
import { agree } from "../../sync/agree.ts";
import { consentReady, type Ready } from "../../sync/consent.ts";
import { Unlock } from "../offline/unlock.tsx";
import { Blocked, SecretsForm } from "./secrets.tsx";

interface OfflineSignProps {
  /** As they stand here; null while they are looked up, and they are asked for again once the PIN was typed. */
  steps: StepDetail[] | null;
  onRecheck: () => void;
  onDone: (sent: boolean) => void;
  /** What is shown of the papers, between the note and the secrets. */
  children: (ready: Ready) => ComponentChildren;
}

export function OfflineSign({ steps, onRecheck, onDone, children }: OfflineSignProps) {
  const [ready, setReady] = useState<Ready | "locked" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const check = () => void (steps && consentReady(steps).then(setReady, (error: unknown) => setProblem(asProblem(error))));
  useEffect(check, [steps]);
  if (problem) return <Blocked problem={problem} onRecheck={onRecheck} />;
  if (!ready || !steps) return <Skeleton rows={2} />;
  if (ready === "locked") return <Unlock onOpen={check} />;
  const send = async (secrets: Secrets) => onDone((await agree(steps, ready, secrets)).kind === "delivered");
  const count = ready.items.filter((item) => item.ready).length;
  return (
    <SecretsForm standing={ready} count={count} word={t(count > 1 ? "agreeOfflineMany" : "agreeOffline", { count })} send={send} onRefused={check}>
      <NoteCard title={t("offlineTitle")}>{t("offlineText")}</NoteCard>
      {children(ready)}
    </SecretsForm>
  );
}

/** The capacity in which one paper is signed. */
export const OfflineCapacity = ({ ready }: { ready: Ready }) => (
  <div class="field">
    <span class="label">{t("as")}</span>
    <div class="input input--two">
      <b>{ready.items[0]?.capacity}</b>
    </div>
  </div>
);
