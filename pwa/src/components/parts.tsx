/** Small parts that most screens use: bar, dock, empty and failed states, strip. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../api/problem.ts";
import { back, moved } from "../app/router.ts";
import { explain } from "../locales/explain.ts";
import { t } from "../locales/core.ts";
import { offlineSince } from "../store/network.ts";
import { session } from "../store/session.ts";
import { clock } from "../lib/time.ts";
import { Back, NoNet } from "./icons.tsx";
import { Brand } from "./marks.tsx";

type Children = { children?: ComponentChildren };

interface ScreenProps extends Children {
  /** Stands in the window's title and is announced. */
  title: string;
  desk?: boolean;
}

/** One screen: bar above, work in the middle, thumb below. */
export function Screen({ title, desk, children }: ScreenProps) {
  useEffect(() => void (document.title = `${title} · ${t("brand")}`), [title]);
  return <div class={desk ? "screen screen--desk" : "screen"}>{children}</div>;
}

/** The scrolling middle of a screen. Takes the focus when a screen follows another, for those who listen. */
export function Work({ children }: Children) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    if (moved.yet) main.current?.focus({ preventScroll: true });
  }, []);
  return (
    <main class="screen__work" tabIndex={0} ref={main}>
      {children}
    </main>
  );
}

export function BackBar({ title, to, children }: Children & { title: string; to: string }) {
  return (
    <header class="bar bar--back">
      <BackButton to={to} />
      <h1 class="bar__title">{title}</h1>
      {children}
    </header>
  );
}

export function BackButton({ to }: { to: string }) {
  return (
    <button type="button" class="hit" aria-label={t(to === "/meja" ? "backToDesk" : "back")} onClick={() => back(to)}>
      <Back />
    </button>
  );
}

export const Dock = ({ children, flat }: Children & { flat?: boolean }) => (
  <footer class={flat ? "dock dock--flat" : "dock"}>{children}</footer>
);

interface ButtonProps extends Children {
  kind?: "main" | "line" | "text" | "calm";
  busy?: boolean;
  /** Its word became another just now: a tap that was meant for the one before does nothing. */
  changed?: boolean;
  onClick?: () => void;
  submit?: boolean;
}

/** A button never greys out: while its work runs it keeps its word and ignores further taps. */
export function Button({ kind = "main", busy = false, changed = false, onClick, submit, children }: ButtonProps) {
  return (
    <button
      type={submit ? "submit" : "button"}
      class={`btn btn--${kind}${busy ? " btn--busy" : ""}`}
      aria-busy={busy}
      aria-disabled={changed || undefined}
      onClick={(event) => {
        if (busy || changed) event.preventDefault();
        else onClick?.();
      }}
    >
      {children}
    </button>
  );
}

export function Empty({ title, children }: Children & { title: string }) {
  return (
    <div class="empty">
      <Brand />
      <b>{title}</b>
      <span>{children}</span>
    </div>
  );
}

export function Failed({ problem, retry }: { problem: Problem; retry: () => void }) {
  useEffect(() => {
    if (!problem.offline) return;
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [problem]);
  return (
    <div class="empty" role="alert">
      {problem.offline ? <NoNet /> : null}
      <b>{t(problem.offline ? "offlineTitle" : "failedTitle")}</b>
      <span>{problem.offline ? t("offlineText") : explain(problem)}</span>
      {problem.requestId && <small class="hint">{t("requestId", { id: problem.requestId })}</small>}
      <Button kind="line" onClick={retry}>
        {t("retry")}
      </Button>
    </div>
  );
}

/** What is shown while something loads: nothing for 300 ms, then the shape to come. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={t("loading")}>
      {late &&
        Array.from({ length: rows }, (_, i) => (
          <div class="skel" key={i}>
            <i />
            <span>
              <i class="skel__70" />
              <i />
              <i class="skel__45" />
            </span>
          </div>
        ))}
    </div>
  );
}

export function OfflineStrip({ children }: Children) {
  const since = offlineSince.value;
  if (!since) return null;
  const zone = session.value?.agency.zone ?? "WIB";
  return (
    <div class="strip" role="status">
      <NoNet />
      <span>
        <b>{t("offlineStrip", { time: clock(since, zone) })}</b> {children ?? t("offlineHint")}
      </span>
    </div>
  );
}

/** Something to know before acting: a title and what helps. */
export const NoteCard = ({ title, children }: Children & { title: string }) => (
  <p class="note" role="status">
    <b>{title}</b> {children}
  </p>
);

export function Alert({ problem }: { problem: { code: string; params: Record<string, unknown>; detail: string } }) {
  return (
    <p class="alert" role="alert">
      {explain(problem)}
    </p>
  );
}
