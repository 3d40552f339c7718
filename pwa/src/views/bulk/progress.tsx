/** How far a batch is. The server goes on by itself; this screen only asks, and can be closed. */

import { useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../../api/problem.ts";
import type { Batch, BatchItem } from "../../api/signing-types.ts";
import { Mark } from "../../components/marks.tsx";
import { Alert, BackBar, Button, Dock, Failed, OfflineStrip, Screen, Skeleton, Work } from "../../components/parts.tsx";
import { named, nextPause, progressOf, secondsLeft, spoken } from "../../lib/bulk.ts";
import { t } from "../../locales/bulk.ts";
import { explain } from "../../locales/explain.ts";
import { openBatch, readBatch } from "../../store/batches.ts";
import { settle } from "../../store/inbox.ts";
import { BulkSheet } from "./sheet.tsx";

interface Watch {
  batch: Batch | null;
  problem: Problem | null;
  look: () => void;
}

/** Asks while something may still happen and somebody looks: after sleep at once. */
function useBatch(id: string): Watch {
  const [batch, setBatch] = useState<Batch | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const timer = useRef(0);
  const pace = useRef({ pause: 1_000, seen: "" });
  const look = async () => {
    clearTimeout(timer.current);
    try {
      const fresh = await readBatch(id);
      const seen = progressOf(fresh);
      pace.current = { pause: nextPause(pace.current.pause, seen !== pace.current.seen), seen };
      setBatch(fresh);
      setProblem(null);
      openBatch.value = fresh.state === "finished" ? null : fresh;
      for (const item of fresh.items) if (item.state === "done") settle(item.step_id);
      if (fresh.state === "finished" && !fresh.unknown) return;
    } catch (error) {
      setProblem(asProblem(error));
      pace.current.pause = nextPause(pace.current.pause, false);
    }
    if (!document.hidden) timer.current = window.setTimeout(() => void look(), pace.current.pause);
  };
  useEffect(() => {
    const awake = () => void (document.hidden ? clearTimeout(timer.current) : look());
    void look();
    document.addEventListener("visibilitychange", awake);
    window.addEventListener("online", awake);
    return () => {
      clearTimeout(timer.current);
      document.removeEventListener("visibilitychange", awake);
      window.removeEventListener("online", awake);
    };
  }, [id]);
  return { batch, problem, look: () => void look() };
}

export function ProgressView({ id }: { id: string }) {
  const { batch, problem, look } = useBatch(id);
  const [resuming, setResuming] = useState(false);
  const paused = batch?.state === "paused";
  return (
    <Screen title={t("progress")}>
      <BackBar title={t("progress")} to="/meja" />
      <OfflineStrip />
      <Work>
        {batch ? (
          <>
            <Tally batch={batch} />
            {paused && batch.problem && batch.problem.code !== "signing/interrupted" && (
              <div class="tally">
                <Alert problem={batch.problem} />
              </div>
            )}
            <Cells batch={batch} />
            <Issues items={batch.items} />
          </>
        ) : problem ? (
          <Failed problem={problem} retry={look} />
        ) : (
          <Skeleton />
        )}
      </Work>
      <Dock>
        <div class="pair">
          <a class={`btn ${paused ? "btn--line" : "btn--main"}`} href="/meja">
            {t("toDesk")}
          </a>
          {paused && <Button onClick={() => setResuming(true)}>{t("resume")}</Button>}
        </div>
      </Dock>
      {resuming && batch && (
        <BulkSheet
          steps={batch.items.filter((item) => item.state === "waiting").map((item) => item.step_id)}
          batch={batch.id}
          onClose={() => {
            setResuming(false);
            look();
          }}
        />
      )}
    </Screen>
  );
}

function Tally({ batch }: { batch: Batch }) {
  const [start] = useState({ at: Date.now(), done: batch.done });
  const said = spoken(batch.done, batch.total);
  return (
    <div class="tally">
      <p aria-hidden="true">
        {batch.done} <small>{t("signedOf", { total: batch.total })}</small>
      </p>
      <p class="sr" role="status">
        {said} {t("signedOf", { total: batch.total })}
        {batch.failed > 0 && `, ${t("failed", { count: batch.failed })}`}
      </p>
      {batch.state === "paused" && <h2>{t("paused")}</h2>}
      <p>{meaning(batch, secondsLeft(batch.done - start.done, batch.remaining, Date.now() - start.at))}</p>
    </div>
  );
}

function meaning(batch: Batch, seconds: number | null): string {
  if (batch.state === "finished") return t(batch.unknown ? "finishedUnsure" : batch.failed ? "finishedSome" : "finishedAll");
  if (batch.state === "paused") return t("pausedText", { count: batch.remaining });
  if (seconds === null) return t("closable");
  return seconds < 90 ? t("leftSeconds", { seconds }) : t("leftMinutes", { minutes: Math.round(seconds / 60) });
}

/** One cell, one paper, in the order of signing. */
function Cells({ batch }: { batch: Batch }) {
  const { done, failed, unknown, remaining } = batch;
  const key = { done, failed, unknown, remaining };
  return (
    <>
      <div class="cells" role="img" aria-label={t("cells", key)}>
        {batch.items.map((item) => (
          <i key={item.step_id} class={`cell cell--${item.state}`} />
        ))}
      </div>
      <div class="cells__key" aria-hidden="true">
        {(["done", "failed", "unknown", "remaining"] as const).map(
          (name) =>
            (key[name] > 0 || name === "done") && (
              <span key={name}>
                <i class={`cell cell--${name === "remaining" ? "waiting" : name}`} />
                {t(name, { count: key[name] })}
              </span>
            ),
        )}
      </div>
    </>
  );
}

function Issues({ items }: { items: BatchItem[] }) {
  const shown = items.filter((item) => item.state === "failed" || item.state === "unknown");
  if (!shown.length) return null;
  return (
    <section>
      <h2 class="group">{t("look")}</h2>
      <ul>
        {shown.map((item) => (
          <li class="issue" key={item.step_id}>
            <Mark kind={item.state === "failed" ? "needsYou" : "unsure"} />
            <div>
              <b>{named(item)}</b>
              <p role={item.state === "failed" ? "alert" : undefined}>{reason(item)}</p>
              <a class="link" href={item.state === "failed" ? `/naskah/${item.step_id}` : `/jejak/${item.document_id}`}>
                {t(item.state === "failed" ? "open" : "seeTrail")}
              </a>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

const reason = (item: BatchItem): string =>
  item.state === "unknown" ? `${t("unsure")}. ${t("unsureText")}` : item.problem ? explain(item.problem) : "";
