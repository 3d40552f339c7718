/** Jejak: what happened to a paper, version by version, newest first, and who is next. */

import "../styles/trail.css";
import type { DocumentSummary, Timeline, TimelineEvent, TimelineStep } from "../api/types.ts";
import { lazy } from "../app/lazy.tsx";
import type { ViewProps } from "../app/view.ts";
import { Link } from "../components/icons.tsx";
import { Mark, type MarkKind } from "../components/marks.tsx";
import { BackBar, Dock, Empty, Failed, OfflineStrip, Screen, Skeleton, Work } from "../components/parts.tsx";
import { useResource } from "../components/resource.ts";
import { fingerprint } from "../lib/bytes.ts";
import { moment } from "../lib/time.ts";
import { isWord, t } from "../locales/trail.ts";
import { serverNow } from "../store/network.ts";
import { signedIn } from "../store/session.ts";

const OriginalView = lazy(async () => (await import("./original.tsx")).OriginalView);

/** Below this, what was done and what arrived are one moment; above it, the phone had no line. */
const AT_ONCE = 120_000;

const MARKS: Record<string, MarkKind> = {
  uploaded: "delivered", examined: "delivered", queued: "delivered", delivered: "delivered", sent: "delivered",
  opened: "opened", ticked: "ticked", initialled: "initialled", sealed: "signed", signed: "signed", validated: "signed",
  authorised: "notYet", returned: "needsYou", rejected: "needsYou", refused: "needsYou", failed: "needsYou", unsure: "unsure",
  withdrawn: "revoked", voided: "revoked", revoked: "revoked", superseded: "revoked", "handed-over": "notYet",
};

export function TrailView({ at: [id = "", part] }: ViewProps) {
  const paper = useResource<DocumentSummary>(`/documents/${id}`);
  const trail = useResource<Timeline>(`/documents/${id}/timeline`);
  const problem = trail.problem ?? paper.problem;
  if (part === "berkas") {
    return <OriginalView source={`/documents/${id}/file`} heading={t("resultTitle")} title={paper.value?.subject ?? t("resultTitle")} back={`/jejak/${id}`} />;
  }
  const retry = () => {
    paper.reload();
    trail.reload();
  };
  return (
    <Screen title={t("trail")}>
      <BackBar title={t("trail")} to="/meja" />
      <OfflineStrip />
      <Work>
        {paper.value && <Summary paper={paper.value} />}
        {trail.value && <TrailList trail={trail.value} />}
        {problem && !trail.value && <Failed problem={problem} retry={retry} />}
        {!trail.value && !problem && <Skeleton />}
      </Work>
      {paper.value?.signed && paper.value.validated && (
        <Dock>
          <a class="btn btn--main" href={`/jejak/${id}/berkas`}>
            {t("result")}
          </a>
        </Dock>
      )}
    </Screen>
  );
}

function Summary({ paper }: { paper: DocumentSummary }) {
  return (
    <div class="summary">
      <b>{paper.subject}</b>
      <span class="num">{paper.number ?? paper.type.name}</span>
      {paper.signed && !paper.validated && <p role="status">{t("checking")}</p>}
      {paper.signed && paper.validated && (
        <a class="link" href={paper.public_url} target="_blank" rel="noopener">
          <Link small /> {t("publicPage")}
        </a>
      )}
    </div>
  );
}

interface Chapter {
  version: number | null;
  voided: boolean;
  events: TimelineEvent[];
}

/** Events, which come in the order they were written down, by version: newest version and event first. */
export function chapters(events: TimelineEvent[]): Chapter[] {
  const versions = [...new Set(events.map((event) => event.version_ordinal))].sort((a, b) => (b ?? 0) - (a ?? 0));
  const newest = versions[0] ?? null;
  return versions.map((version) => ({
    version,
    voided: version !== newest,
    events: events.filter((event) => event.version_ordinal === version).reverse(),
  }));
}

export function TrailList({ trail }: { trail: Timeline }) {
  const coming = trail.steps.filter((step) => ["waiting", "open", "ticked", "processing", "unknown"].includes(step.state));
  if (!trail.items.length) return <Empty title={t("trail")}>{t("noEvents")}</Empty>;
  return (
    <div class="trail">
      {coming.length > 0 && (
        <ol>
          {[...coming].reverse().map((step) => (
            <Coming key={step.id} step={step} />
          ))}
        </ol>
      )}
      {chapters(trail.items).map(({ version, voided, events }) => (
        <section key={version}>
          {version !== null && <h2 class="version">{t(voided ? "void" : "current", { version })}</h2>}
          <ol>
            {events.map((event, i) => (
              <Happened key={event.id} event={event} last={i === events.length - 1} old={voided} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

function Coming({ step }: { step: TimelineStep }) {
  const holder = step.holder_name ?? step.position_title;
  const now = step.state !== "waiting";
  return (
    <li class="step step--gap">
      <span class="step__node">
        <Mark kind={step.state === "processing" || step.state === "unknown" ? "unsure" : "notYet"} />
      </span>
      <div>
        <div class="step__top">
          <b>{t(step.state === "unknown" ? "unsureOf" : now ? "waitingFor" : "thenFor", { holder })}</b>
        </div>
        <p>
          {holder === step.position_title ? "" : `${step.position_title}, `}
          {t(step.state === "unknown" ? "unsureText" : step.action === "sign" ? "toSign" : "toInitial")}
        </p>
      </div>
    </li>
  );
}

function Happened({ event, last, old }: { event: TimelineEvent; last: boolean; old: boolean }) {
  const { zone } = signedIn().agency;
  const at = new Date(event.at);
  const { sha256, pages, made_at: made } = event.data as { sha256?: string; pages?: number; made_at?: string };
  const away = made && at.getTime() - Date.parse(made) > AT_ONCE ? new Date(made) : null;
  const grey = old && event.kind !== "returned" && event.kind !== "rejected";
  return (
    <li class={`step${last ? " step--last" : ""}${grey || event.voided ? " step--void" : ""}`}>
      <span class="step__node">
        <Mark kind={MARKS[event.kind] ?? "notYet"} />
      </span>
      <div>
        <div class="step__top">
          <b>{isWord(event.kind) ? t(event.kind, event.data) : event.kind}</b>
          <time dateTime={event.at}>{moment(at, serverNow(), zone)}</time>
        </div>
        <p>
          {event.person_name}
          {event.person_name && event.capacity && <br />}
          {event.capacity}
          {away && (
            <>
              <br />
              {t("madeOffline", { made: moment(away, serverNow(), zone), at: moment(at, serverNow(), zone) })}
            </>
          )}
          {event.kind === "ticked" && typeof pages === "number" && (
            <>
              <br />
              {t("readPages", { count: pages })}
            </>
          )}
          {sha256 && (
            <>
              <br />
              {t("print")} <span class="print">{fingerprint(sha256)}</span>
            </>
          )}
        </p>
        {event.note && <q>{event.note}</q>}
      </div>
    </li>
  );
}
