/** The reader's foot: tick box, progress, and the one next action. The box and the button do the same. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { StepDetail } from "../../api/types.ts";
import type { Act } from "../../sync/judge.ts";
import { PenTick } from "../../components/fields.tsx";
import { ArrowDown, Check, Pen } from "../../components/icons.tsx";
import { Mark } from "../../components/marks.tsx";
import { Alert, Button, Dock } from "../../components/parts.tsx";
import type { Problem } from "../../api/problem.ts";
import { fingerprint } from "../../lib/bytes.ts";
import { clock, day, moment } from "../../lib/time.ts";
import { t } from "../../locales/reader.ts";
import { serverNow } from "../../store/network.ts";
import type { Read } from "../../store/reading.ts";
import { signedIn } from "../../store/session.ts";
import type { Standing } from "../../store/standing.ts";
import { WaitingNote, useStanding } from "./waiting.tsx";

interface DockProps {
  step: StepDetail;
  read: Read;
  busy: boolean;
  problem: Problem | null;
  /** What was done here last and waits for the line. */
  pending: Act | undefined;
  /** The tick landed just now: draw it. */
  fresh: boolean;
  onPage: (ordinal: number) => void;
  onTick: () => void;
  onSendBack: () => void;
  onInitial: () => void;
  onSign: () => void;
}

export const toTick = ({ allowed }: StepDetail): boolean => allowed.includes("tick") || allowed.includes("take-over");

/** How long a tap may still be meant for what stood there before; milliseconds. */
const SETTLING = 500;

/** Whether the one next action became another just now. A tick, an initial are given by nobody's second tap. */
function useChanged(action: string): boolean {
  const [settled, setSettled] = useState(action);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(action), SETTLING);
    return () => clearTimeout(timer);
  }, [action]);
  return settled !== action;
}

export function ReaderDock(props: DockProps) {
  const { step, problem, read } = props;
  const how = useStanding();
  const acts = step.allowed.length > 0;
  const may = (move: StepDetail["allowed"][number]) => step.allowed.includes(move);
  const unread = step.version.pages.some(({ ordinal }) => !read.has(ordinal));
  const changed = useChanged(toTick(step) ? (unread ? "read" : "tick") : may("sign") ? "sign" : "initial");
  return (
    <Dock>
      {problem && <Alert problem={problem} />}
      {acts && <WaitingNote how={how} />}
      {toTick(step) ? (
        <ToTick {...props} how={how} changed={changed && !unread} />
      ) : may("sign") || may("initial") ? (
        <Ticked {...props} how={how} changed={changed} />
      ) : (
        <Settled step={step} pending={props.pending} />
      )}
    </Dock>
  );
}

interface Next extends DockProps {
  how: Standing;
  /** The next action became another just now. */
  changed: boolean;
}

function ToTick({ step, read, busy, how, changed, onPage, onTick, onSendBack }: Next) {
  const { pages } = step.version;
  const missing = pages.find(({ ordinal }) => !read.has(ordinal));
  const done = pages.length - pages.filter(({ ordinal }) => !read.has(ordinal)).length;
  const act = missing ? () => onPage(missing.ordinal) : onTick;
  const word = missing
    ? t("toPage", { page: missing.ordinal })
    : t(step.allowed.includes("take-over") ? "takeOver" : "tick");
  return (
    <>
      <div class="reading">
        <button type="button" class={missing ? "box" : "box box--ready"} aria-label={word} aria-busy={busy} aria-disabled={changed || undefined} onClick={() => busy || changed || act()} />
        <div>
          <div class="reading__text" role="status">
            {missing ? t("pagesRead", { read: done, count: pages.length }) : t("allRead")}
            {!missing && <small>{t("tickMeaning")} <As step={step} /></small>}
          </div>
          {missing && <Leaves pages={pages.map(({ ordinal }) => read.has(ordinal))} />}
        </div>
      </div>
      <Pair step={step} how={how} onSendBack={onSendBack}>
        {!missing && how.kind === "unenrolled" ? <ToDevices /> : <Button busy={busy} changed={changed} onClick={act}>
          {missing ? <ArrowDown /> : <Check />}
          {word}
        </Button>}
      </Pair>
    </>
  );
}

/** One bar a page; beyond forty, one bar for the whole. */
function Leaves({ pages }: { pages: boolean[] }) {
  if (pages.length > 40) {
    const done = pages.filter(Boolean).length;
    return <progress class="leaves__all" max={pages.length} value={done} aria-hidden="true" />;
  }
  return (
    <div class="leaves" aria-hidden="true">
      {pages.map((read, i) => (
        <i key={i} class={read ? "" : "no"} />
      ))}
    </div>
  );
}

function Ticked({ step, busy, fresh, pending, how, changed, onInitial, onSign, onSendBack }: Next) {
  const signs = step.allowed.includes("sign");
  return (
    <>
      <div class="reading">
        <span class={pending ? "box box--done box--waits" : "box box--done"}>
          <PenTick still={!fresh} />
        </span>
        <div class="reading__text" role="status">
          {step.ticked_at && <TickedAt at={new Date(step.ticked_at)} />}
          {pending && <small>{t("tickWaits")}</small>}
          <small>
            {t("versionPrint", { version: step.version.ordinal })} <span class="print">{fingerprint(step.version.sha256)}</span> <As step={step} />
          </small>
        </div>
      </div>
      <Pair step={step} how={how} onSendBack={onSendBack}>
        {how.kind === "ready" ? (
          <Button busy={busy} changed={changed} onClick={signs ? onSign : onInitial}>
            <Pen />
            {t(signs ? "sign" : "initial")}
          </Button>
        ) : (
          <ToDevices />
        )}
      </Pair>
    </>
  );
}

export function TickedAt({ at }: { at: Date }) {
  const { zone } = signedIn().agency;
  const now = serverNow();
  return day(at, zone) === day(now, zone) ? (
    <>{t("tickedAt", { time: clock(at, zone) })}</>
  ) : (
    <>{t("tickedOn", { time: moment(at, now, zone) })}</>
  );
}

/** As whom, where the person could be in doubt because they hold several positions. */
function As({ step }: { step: StepDetail }) {
  return step.capacity && signedIn().mandates.length > 1 ? <>{t("actingAs", { capacity: step.capacity })}</> : null;
}

const ToDevices = () => (
  <a class="btn btn--main" href="/profil/perangkat">
    {t("toDevices")}
  </a>
);

interface PairProps {
  step: StepDetail;
  how: Standing;
  onSendBack: () => void;
  children: ComponentChildren;
}

function Pair({ step, how, onSendBack, children }: PairProps) {
  return (
    <div class="pair">
      {how.kind === "ready" && step.allowed.includes("return") && (
        <Button kind="line" onClick={onSendBack}>
          {t("sendBack")}
        </Button>
      )}
      {children}
    </div>
  );
}

const SETTLED: Partial<Record<StepDetail["state"], Parameters<typeof t>[0]>> = {
  waiting: "waitTurn",
  processing: "processing",
  unknown: "unknown",
  returned: "doneReturned",
  rejected: "doneRejected",
  withdrawn: "doneWithdrawn",
};

/** Nothing to do here: says why, and where to go instead. */
function Settled({ step, pending }: { step: StepDetail; pending: Act | undefined }) {
  if (pending) {
    return (
      <>
        <p class="waits" role="status">
          <Mark kind="waitingNet" />
          <span>{t(`waits-${pending}`)}</span>
        </p>
        <a class="btn btn--main" href="/belum-terkirim">
          {t("seeUnsent")}
        </a>
      </>
    );
  }
  const done = step.state === "done" ? (step.action === "sign" ? "doneSigned" : "doneInitial") : SETTLED[step.state];
  if (step.current_step_id) {
    return (
      <>
        <p role="status">{t("moved")}</p>
        <a class="btn btn--main" href={`/naskah/${step.current_step_id}`}>
          {t("openCurrent")}
        </a>
      </>
    );
  }
  return (
    <>
      <p role="status">{t(done ?? "notYours")}</p>
      <a class="btn btn--main" href={`/jejak/${step.document_id}`}>
        {t(step.state === "processing" || step.state === "unknown" ? "seeState" : "trail")}
      </a>
    </>
  );
}
