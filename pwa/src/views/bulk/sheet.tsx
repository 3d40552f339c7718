/** The sheet over many papers: what they are, as whom, one passphrase and one code. */

import { useState } from "preact/hooks";
import { Problem, asProblem } from "../../api/problem.ts";
import type { PreflightItem } from "../../api/signing-types.ts";
import { go } from "../../app/router.ts";
import { Alert, Button, Skeleton } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { named, tally } from "../../lib/bulk.ts";
import { t } from "../../locales/bulk.ts";
import { t as sign } from "../../locales/sign.ts";
import { settle } from "../../store/inbox.ts";
import { authoriseMany, type Secrets } from "../../store/signing.ts";
import { Blocked, SecretsForm } from "../sign/secrets.tsx";
import { usePreflight } from "./preflight.ts";
import { AgreeToMany } from "./offline.tsx";
import { Unanswered } from "./unanswered.tsx";

interface BulkSheetProps {
  steps: string[];
  /** The paused batch whose rest these are. */
  batch?: string;
  onClose: () => void;
}

export function BulkSheet({ steps, batch, onClose }: BulkSheetProps) {
  const { found, problem, preparing, again, refresh } = usePreflight(steps);
  const [lostAt, setLostAt] = useState<number | null>(null);
  const papers = found?.items.filter((item) => item.ready) ?? [];

  /** The progress of what was begun; a continued batch is on the screen below already. */
  const show = (id: string) => (batch ? onClose() : go(`/meja/sekaligus/${id}`, { replace: true }));
  const send = async (secrets: Secrets) => {
    if (!found) return;
    const before = Date.now();
    try {
      const { attempts, batch: begun } = await authoriseMany(found, papers, secrets, batch);
      if (begun) return show(begun.id);
      const [attempt] = attempts;
      if (attempt?.problem) throw new Problem(attempt.problem.code, attempt.problem);
      if (attempt?.state !== "finished") return go(`/naskah/${papers[0]?.step_id}`, { replace: true });
      settle(attempt.step_id);
      say(t("oneSigned"));
      go("/meja", { replace: true });
    } catch (error) {
      const refused = asProblem(error);
      if (refused.code !== "client/unanswered") throw refused;
      setLostAt(before);
    }
  };

  const blocked = problem ?? (found && !found.ready ? found.problem : null);
  return (
    <Sheet title={t("title")} onClose={onClose}>
      {lostAt !== null ? (
        <Unanswered
          since={lostAt}
          batch={batch}
          onFound={show}
          onNothing={() => {
            setLostAt(null);
            again();
          }}
        />
      ) : problem?.lost && !batch ? (
        <AgreeToMany ids={steps} onRecheck={again} />
      ) : blocked ? (
        <Blocked problem={blocked} onRecheck={again} />
      ) : !found ? (
        <>
          <p class="hint" role="status">
            {preparing ? t("preparing", { count: preparing }) : t("checking", { count: steps.length })}
          </p>
          <Skeleton rows={3} />
        </>
      ) : !papers.length ? (
        <>
          <LeftOut items={found.items} />
          <p class="rise__text">{t("noneReady")}</p>
          <Button onClick={again}>{sign("checkAgain")}</Button>
        </>
      ) : (
        <SecretsForm standing={found} count={papers.length} word={t("signCount", { count: papers.length })} send={send} onRefused={refresh}>
          {batch && <p class="hint">{t("continues")}</p>}
          <Papers items={papers} />
          <LeftOut items={found.items} />
          <Capacities items={papers} />
          <p class="hint">{t("once")}</p>
        </SecretsForm>
      )}
    </Sheet>
  );
}

/** How many of which kind, then each by number, subject and office. */
export function Papers({ items }: { items: PreflightItem[] }) {
  const kinds = tally(items.map((item) => item.type_name));
  return (
    <section class="papers">
      <h2>{t("papers", { count: items.length })}</h2>
      <p class="hint">{kinds.map(([kind, count]) => t("each", { kind, count })).join(", ")}</p>
      <ol class="papers__list" tabIndex={0} aria-label={t("list")}>
        {items.map((item) => (
          <li key={item.step_id}>
            <b>{item.subject}</b>
            <small>
              {item.number ?? t("noNumber")} · {item.unit_name}
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Papers that would not be signed, each with its reason. */
export function LeftOut({ items }: { items: PreflightItem[] }) {
  const left = items.filter((item) => !item.ready);
  if (!left.length) return null;
  return (
    <details class="left">
      <summary>{t("left", { count: left.length })}</summary>
      <ul>
        {left.map((item) => (
          <li key={item.step_id}>
            <b>{named(item)}</b>
            {item.problem && <Alert problem={item.problem} />}
            <a class="link" href={`/naskah/${item.step_id}`}>
              {t("open")}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function Capacities({ items }: { items: PreflightItem[] }) {
  const held = tally(items.map((item) => item.capacity ?? ""));
  return (
    <div class="field">
      <span class="label">{t("as")}</span>
      <div class="input input--two">
        <span>
          {held.map(([capacity, count]) => (
            <b key={capacity}>{held.length > 1 ? t("asMany", { capacity, count }) : capacity}</b>
          ))}
        </span>
      </div>
    </div>
  );
}
