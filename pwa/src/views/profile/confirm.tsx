/** It was me: makes good what a lost phone had agreed to, with a fresh consent over the papers as they stand now. */

import { useState } from "preact/hooks";
import { Problem } from "../../api/problem.ts";
import { Alert, Button, NoteCard, Skeleton } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { t as bulk } from "../../locales/bulk.ts";
import { explain } from "../../locales/explain.ts";
import { t } from "../../locales/profile.ts";
import { t as sign } from "../../locales/sign.ts";
import { settle } from "../../store/inbox.ts";
import { confirmQuarantined, type Confirmed, type Secrets } from "../../store/signing.ts";
import { usePreflight } from "../bulk/preflight.ts";
import { Capacities, LeftOut } from "../bulk/sheet.tsx";
import { Blocked, SecretsForm } from "../sign/secrets.tsx";
import type { Quarantined } from "./quarantine.tsx";

interface ConfirmProps {
  item: Quarantined;
  onClose: () => void;
  onDone: (said: string) => void;
}

export function ConfirmSheet({ item, onClose, onDone }: ConfirmProps) {
  const { found, problem, preparing, again, refresh } = usePreflight(item.papers.map(({ step_id }) => step_id));
  const [refused, setRefused] = useState<Confirmed["items"]>([]);
  const papers = found?.items.filter((one) => one.ready) ?? [];
  const send = async (secrets: Secrets) => {
    if (!found) return;
    const { items } = await confirmQuarantined(item.id, found, papers, secrets);
    for (const one of items) if (one.outcome === "signed") settle(one.step_id);
    const not = items.filter((one) => one.problem);
    if (not.length) return setRefused(not);
    onDone(t(items.every(({ outcome }) => outcome === "signed") ? "confirmedSigned" : "confirmedSent"));
  };
  // Of a single paper, what stands in its way is said as the answer's own; its way out is the paper.
  const ofThePaper = found?.items.length === 1 && found.items[0]?.problem;
  const blocked = problem ?? (found && !found.ready && !ofThePaper ? found.problem : null);
  return (
    <Sheet title={t("confirmMine")} onClose={onClose}>
      {refused.length ? (
        <>
          <p class="rise__text">{t("confirmedNot")}</p>
          {refused.map((one) => (
            <Alert key={one.step_id} problem={one.problem ?? new Problem("client/unreadable")} />
          ))}
          <Button onClick={() => onDone(t("confirmedSent"))}>{t("understood")}</Button>
        </>
      ) : blocked ? (
        <Blocked problem={blocked} onRecheck={again} />
      ) : !found ? (
        <>
          <p class="hint" role="status">
            {preparing ? bulk("preparing", { count: preparing }) : bulk("checking", { count: item.papers.length })}
          </p>
          <Skeleton rows={2} />
        </>
      ) : !papers.length ? (
        <>
          <p class="rise__text">{t("confirmNotYet")}</p>
          {found.items.map((one) => (
            <NoteCard key={one.step_id} title={`${one.subject}.`}>
              {one.problem && explain(one.problem)}
            </NoteCard>
          ))}
          <Button kind="line" onClick={again}>
            {sign("checkAgain")}
          </Button>
          {found.items.slice(0, 1).map(({ step_id }) => (
            <a key={step_id} class="btn btn--main" href={`/naskah/${step_id}`}>
              {bulk("open")}
            </a>
          ))}
        </>
      ) : (
        <SecretsForm standing={found} count={papers.length} word={t("confirmSign", { count: papers.length })} send={send} onRefused={refresh}>
          <p class="rise__text">{t("confirmText")}</p>
          <ul>
            {papers.map((one) => (
              <li key={one.step_id}>
                <b>{one.subject}</b>
              </li>
            ))}
          </ul>
          <LeftOut items={found.items} />
          <Capacities items={papers} />
        </SecretsForm>
      )}
    </Sheet>
  );
}
