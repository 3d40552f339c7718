/** What is known of the open paper, and the one next thing to do with it. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { RouteStep } from "../api/desk-types.ts";
import type { StepState } from "../api/types.ts";
import { Check } from "../components/icons.tsx";
import { Mark, type MarkKind } from "../components/marks.tsx";
import { Alert, Button } from "../components/parts.tsx";
import { due, moment } from "../lib/time.ts";
import { t as coreWord } from "../locales/core.ts";
import { t } from "../locales/desk.ts";
import { t as trailWord } from "../locales/trail.ts";
import { explain } from "../locales/explain.ts";
import { serverNow } from "../store/network.ts";
import { session } from "../store/session.ts";
import { DetailsSheet } from "./details-sheet.tsx";
import { Foot } from "./foot.tsx";
import { PlacementSheet } from "./placement-sheet.tsx";
import { RouteSheet } from "./route-sheet.tsx";
import { openPaper, openProblem, type OpenPaper } from "./store.ts";
import { atRest, bytes, fingerprint } from "./words.ts";

type Sheet = "route" | "details" | "places" | null;

export function Side({ shown }: { shown: OpenPaper }) {
  const [sheet, setSheet] = useState<Sheet>(null);
  const { paper, version, route, placements } = shown;
  const rest = atRest(paper);
  const close = () => setSheet(null);
  return (
    <aside class="desk__side" aria-label={paper.subject}>
      <div class="desk__scroll" tabIndex={0}>
        {openProblem.value && (
          <>
            <Alert problem={openProblem.value} />
            <Button kind="line" onClick={() => void openPaper(paper.id)}>
              {coreWord("retry")}
            </Button>
          </>
        )}
        {version?.refusal && <Alert problem={version.refusal} />}
        {version?.findings.map((finding) => (
          <p class="hint" key={finding.code}>
            {explain({ ...finding, detail: "" })}
          </p>
        ))}
        <Card title={t("route")} onEdit={rest ? () => setSheet("route") : undefined}>
          {route.steps.length ? (
            <ol class="officials">
              {route.steps.map((step) => (
                <Official key={step.id} step={step} />
              ))}
            </ol>
          ) : (
            <p class="hint">{t("routeEmpty")}</p>
          )}
          {rest && route.warnings.map((one) => <p class="alert" key={`${one.ordinal}${one.code}`}>{t(`warn-${one.code}`, one.params)}</p>)}
        </Card>
        <Card title={t("details")} onEdit={rest ? () => setSheet("details") : undefined}>
          <Facts shown={shown} />
        </Card>
        {rest && placements.length > 0 && (
          <Card title={t("placeTitle")} onEdit={() => setSheet("places")}>
            <ul class="checks">
              {placements.flatMap((one) =>
                one.checks.map((check) => (
                  <li key={`${one.ordinal}${check.code}`}>
                    {check.ok ? <Check small /> : <Mark kind="needsYou" />}
                    <span>{t(check.ok ? check.code : (`${check.code}-no` as const))}</span>
                  </li>
                )),
              )}
            </ul>
          </Card>
        )}
        <Card title={t("trail")}>
          <Happened shown={shown} />
        </Card>
      </div>
      <Foot shown={shown} onRoute={() => setSheet("route")} />
      {sheet === "route" && <RouteSheet shown={shown} onClose={close} />}
      {sheet === "details" && <DetailsSheet paper={paper} onClose={close} />}
      {sheet === "places" && <PlacementSheet shown={shown} onClose={close} />}
    </aside>
  );
}

function Card({ title, onEdit, children }: { title: string; onEdit?: (() => void) | undefined; children: ComponentChildren }) {
  return (
    <section class="card">
      <h2>
        {title}
        {onEdit && (
          <Button kind="text" onClick={onEdit}>
            {t("edit")}
            <span class="sr"> {title}</span>
          </Button>
        )}
      </h2>
      {children}
    </section>
  );
}

const STEP_MARKS: Partial<Record<StepState, MarkKind>> = {
  open: "delivered",
  ticked: "ticked",
  processing: "unsure",
  unknown: "unsure",
  returned: "needsYou",
  rejected: "needsYou",
};

/** Of a round that ended: nobody is waited for, and nobody is missing. */
const CLOSED = new Set<StepState>(["returned", "rejected", "withdrawn"]);

function Official({ step }: { step: RouteStep }) {
  const mark = step.state === "done" ? (step.action === "sign" ? "signed" : "initialled") : (STEP_MARKS[step.state] ?? "notYet");
  const zone = session.value?.agency.zone ?? "WIB";
  return (
    <li>
      <Mark kind={mark} />
      <span>
        <b>{step.position_title}</b>
        {(step.holder_name || !CLOSED.has(step.state)) && <small>{step.holder_name ?? t("noHolder")}</small>}
        {step.due_at && <small>{due(new Date(step.due_at), serverNow(), zone).text}</small>}
      </span>
      <span class="as">{t(step.action)}</span>
    </li>
  );
}

function Facts({ shown: { paper, version } }: { shown: OpenPaper }) {
  const zone = session.value?.agency.zone ?? "WIB";
  const facts: [string, ComponentChildren][] = [
    [t("number"), paper.number],
    [t("kind"), paper.type.name],
    [t("classification"), paper.classification],
    [t("due"), paper.due_at && due(new Date(paper.due_at), serverNow(), zone).text],
    [t("secrecy"), t(paper.secrecy)],
    [t("urgency"), t(paper.urgency)],
    [t("recipient"), paper.recipient],
    [t("file"), version?.size ? t("size", { pages: version.page_count, size: bytes(version.size) }) : null],
    [t("sidik"), version?.sha256 && <span class="print">{fingerprint(version.sha256)}</span>],
  ];
  return (
    <dl class="known">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd class="num">{value}</dd>
          </>
        ))}
    </dl>
  );
}

function Happened({ shown: { timeline } }: { shown: OpenPaper }) {
  const zone = session.value?.agency.zone ?? "WIB";
  if (!timeline.items.length) return <p class="hint">{t("noTrail")}</p>;
  return (
    <ol class="happened">
      {[...timeline.items].reverse().map((event) => (
        <li key={event.id} class={event.voided ? "gone" : ""}>
          <b>{trailWord(event.kind as "signed")}</b>
          <time dateTime={event.at}>{moment(new Date(event.at), serverNow(), zone)}</time>
          <span>{[event.person_name, event.capacity].filter(Boolean).join(", ")}</span>
          {event.note && <q>{event.note}</q>}
        </li>
      ))}
    </ol>
  );
}
