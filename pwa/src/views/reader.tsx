/** The reader: the paper in one scroll, the tick at its foot, then initial or sign. */

import "../styles/reader.css";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";
import type { SigningAttempt } from "../api/signing-types.ts";
import type { Lapsed, StepDetail } from "../api/types.ts";
import { go } from "../app/router.ts";
import { lazy } from "../app/lazy.tsx";
import type { ViewProps } from "../app/view.ts";
import { More } from "../components/icons.tsx";
import { BackBar, BackButton, Failed, OfflineStrip, Screen, Skeleton, Work } from "../components/parts.tsx";
import { say } from "../components/toast.tsx";
import { due, moment } from "../lib/time.ts";
import { t as core } from "../locales/core.ts";
import { t } from "../locales/reader.ts";
import { loadImage } from "../store/images.ts";
import { nextItem } from "../store/inbox.ts";
import { serverNow } from "../store/network.ts";
import { keepRead, readSoFar, type Read } from "../store/reading.ts";
import { signedIn } from "../store/session.ts";
import { initial, markOpened, tick } from "../store/steps.ts";
import { answered, pendingAct, unsent } from "../store/unsent.ts";
import { asDone } from "../sync/pending.ts";
import { Unlock } from "./offline/unlock.tsx";
import { stepHere } from "./offline/step-here.ts";
import { ReaderDock, toTick } from "./reader/dock.tsx";
import { ReaderMenu } from "./reader/menu.tsx";
import { SendBackSheet } from "./reader/send-back.tsx";
import { Stack, scrollToPage } from "./reader/stack.tsx";
import { TextView } from "./reader/text.tsx";
import type { Zoom } from "./reader/zoom.ts";

/** The signing chunk, once fetched: usually while the person was still reading. */
let signing: typeof import("./sign.tsx") | undefined;
const OriginalView = lazy(async () => (await import("./original.tsx")).OriginalView);

export function ReaderView({ at: [stepId = "", part] }: ViewProps) {
  const [step, setStep] = useState<StepDetail | null>(null);
  const [read, setRead] = useState<Read>(new Map());
  const [problem, setProblem] = useState<Problem | null>(null);
  const [locked, setLocked] = useState(false);
  const [outcome, setOutcome] = useState<{ attempt: SigningAttempt | null } | null>(null);

  const show = async (fresh: StepDetail) => {
    const [first] = fresh.version.pages;
    if (first) void loadImage(first.image).catch(() => undefined);
    setRead(await readSoFar(fresh.version));
    setStep(fresh);
    void markOpened(fresh).catch(() => undefined);
  };
  const load = async () => {
    setProblem(null);
    setLocked(false);
    try {
      const fresh = await stepHere(stepId, (found) => void show(found));
      if (fresh === "locked") return setLocked(true);
      await show(fresh);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  useEffect(() => void load(), [stepId]);
  // Something done here reached the server, or was refused by it, while the paper lay open.
  const word = answered.value;
  useEffect(() => {
    if (!step || word?.step !== stepId) return;
    if (word.body) setStep(word.body as StepDetail);
    else void load();
  }, [word]);

  if (!step) {
    return (
      <Screen title={core("paper")} desk>
        <BackBar title={core("paper")} to="/meja" />
        <Work>{locked ? <Unlock onOpen={() => void load()} /> : problem ? <Failed problem={problem} retry={() => void load()} /> : <Skeleton rows={6} />}</Work>
      </Screen>
    );
  }
  if (part === "asli") return (
      <OriginalView
        source={`/versions/${step.version.id}/file`}
        heading={t("originalTitle")}
        title={step.subject}
        back={`/naskah/${stepId}`}
      />
    );
  if (outcome && signing) {
    const again = () => {
      setOutcome(null);
      void load();
    };
    return <signing.OutcomeView step={step} attempt={outcome.attempt} onAgain={again} />;
  }
  return (
    <Reader
      step={asDone(step, unsent.value)}
      read={read}
      onRead={setRead}
      onStep={setStep}
      onReload={() => void load()}
      onOutcome={(attempt) => setOutcome({ attempt })}
    />
  );
}

interface ReaderProps {
  step: StepDetail;
  read: Read;
  onRead: (change: (old: Read) => Read) => void;
  onStep: (step: StepDetail) => void;
  onReload: () => void;
  onOutcome: (attempt: SigningAttempt | null) => void;
}

type Open = "menu" | "send-back" | "sign" | null;
/** The world moved on while the person read: show what is there now, and keep the sentence. */
const CHANGED = new Set([
  "routing/version-replaced",
  "routing/already-done",
  "routing/withdrawn",
  "routing/already-ticked",
  "routing/tick-pages",
]);

function Reader({ step, read, onRead, onStep, onReload, onOutcome }: ReaderProps) {
  const [open, setOpen] = useState<Open>(null);
  const [asText, setAsText] = useState(false);
  const [current, setCurrent] = useState(1);
  const [running, setRunning] = useState<"tick" | "other" | null>(null);
  const [follows, setFollows] = useState(false);
  const [fresh, setFresh] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const zoom = useRef<Zoom | null>(null);

  const noteRead = useCallback(
    (ordinal: number, digest: string) =>
      onRead((old) => {
        if (old.get(ordinal) === digest) return old;
        const now = new Map(old).set(ordinal, digest);
        void keepRead(step.version.id, now);
        return now;
      }),
    [step.version.id],
  );

  const perform = async (work: () => Promise<void>): Promise<boolean> => {
    setProblem(null);
    try {
      await work();
      return true;
    } catch (error) {
      const refused = asProblem(error);
      setProblem(refused);
      if (CHANGED.has(refused.code)) onReload();
      return false;
    }
  };
  const last = useRef<Promise<boolean>>(Promise.resolve(true));
  const act = async (work: () => Promise<void>, what: "tick" | "other" = "other") => {
    if (follows) return;
    if (running) {
      // A tick shows before its answer came: what is tapped meanwhile follows it, if it was taken.
      setFollows(true);
      const taken = await last.current;
      setFollows(false);
      if (!taken) return;
    }
    setRunning(what);
    last.current = perform(work);
    await last.current;
    setRunning(null);
  };
  const leave = (said: string) => {
    say(said);
    const next = nextItem(step.step_id);
    go(next ? `/naskah/${next.step_id}` : "/meja", { replace: true });
  };

  return (
    <Screen title={step.subject} desk>
      <ReaderBar step={step} current={current} asText={asText} onText={() => setAsText(!asText)} onMenu={() => setOpen("menu")} />
      <OfflineStrip />
      {asText ? (
        <TextView step={step} />
      ) : (
        <Stack step={step} covered={open !== null} onRead={noteRead} onCurrent={setCurrent} zoom={zoom}>
          {step.lapsed && !step.ticked_at && <LapsedNote step={step} lapsed={step.lapsed} />}
        </Stack>
      )}
      <ReaderDock
        {...{ step, read, problem, fresh }}
        pending={pendingAct(step.step_id)}
        busy={follows || running === "other" || (running === "tick" && toTick(step))}
        onPage={(ordinal) => {
          setAsText(false);
          // The pages come back first; then there is something to scroll to.
          requestAnimationFrame(() => requestAnimationFrame(() => scrollToPage(ordinal)));
        }}
        onTick={() =>
          void act(async () => {
            const after = await tick(step, read);
            if (after) onStep(after);
            setFresh(true);
          }, "tick")
        }
        onInitial={() =>
          void act(async () => {
            leave(t((await initial(step)) ? "initialled" : "initialWaits"));
          })
        }
        onSendBack={() => setOpen("send-back")}
        onSign={() =>
          void act(async () => {
            signing ??= await import("./sign.tsx");
            setOpen("sign");
          })
        }
      />
      {open === "menu" && <ReaderMenu step={step} onClose={() => setOpen(null)} onZoom={(factor) => zoom.current?.by(factor)} />}
      {open === "send-back" && (
        <SendBackSheet
          step={step}
          onClose={() => setOpen(null)}
          onDone={(how, sent) => leave(t(sent ? (how === "return" ? "returned" : "rejected") : "sendBackWaits"))}
        />
      )}
      {open === "sign" && signing && <signing.SignSheet step={step} onClose={() => setOpen(null)} onOutcome={onOutcome} onWaiting={() => leave(t("signWaits"))} />}
    </Screen>
  );
}

/** The file was replaced: whose mark on which version fell, and what to do now. */
function LapsedNote({ step, lapsed }: { step: StepDetail; lapsed: Lapsed }) {
  const { zone } = signedIn().agency;
  const what = t(lapsed.done ? (step.action === "sign" ? "tickAndSignature" : "tickAndInitial") : "tickAlone");
  const names = { what, name: lapsed.person_name, old: lapsed.ordinal };
  const at = lapsed.at ? moment(new Date(lapsed.at), serverNow(), zone) : "";
  return (
    <p class="note note--stop" role="status">
      <b>{t(lapsed.own ? "lapsedOwn" : "lapsedOther", names)}</b>{" "}
      {t("lapsedWhy", { at, version: step.version.ordinal })}
    </p>
  );
}

interface BarProps {
  step: StepDetail;
  current: number;
  asText: boolean;
  onText: () => void;
  onMenu: () => void;
}

function ReaderBar({ step, current, asText, onText, onMenu }: BarProps) {
  const until = step.due_at ? due(new Date(step.due_at), serverNow(), signedIn().agency.zone).text : null;
  return (
    <header class="bar bar--back">
      <BackButton to="/meja" />
      <div class="bar__two">
        <h1>{step.subject}</h1>
        <span>{[t("pageOf", { page: current, count: step.version.pages.length }), until].filter(Boolean).join(" · ")}</span>
      </div>
      <button type="button" class="hit" aria-label={t(asText ? "pages" : "largeText")} aria-pressed={asText} onClick={onText}>
        <b>Aa</b>
      </button>
      <button type="button" class="hit" aria-label={core("more")} onClick={onMenu}>
        <More />
      </button>
    </header>
  );
}
