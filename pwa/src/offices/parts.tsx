/** What the office screens share: their bar, their lists, and sheets that do one thing. */

import "../styles/profile.css";
import "../styles/offices.css";
import type { ComponentChildren, ComponentType } from "preact";
import { useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";
import { Right } from "../components/icons.tsx";
import { Brand } from "../components/marks.tsx";
import { Alert, BackBar, Button, Dock, Empty, Failed, OfflineStrip, Screen, Skeleton, Work } from "../components/parts.tsx";
import type { List, Resource } from "../components/resource.ts";
import { Sheet } from "../components/sheet.tsx";
import { clock, date } from "../lib/time.ts";
import { t as core } from "../locales/core.ts";
import { t } from "../locales/offices.ts";
import { signedIn } from "../store/session.ts";
import { Workspaces } from "./workspaces.tsx";

type Children = { children?: ComponentChildren };

interface OfficeProps extends Children {
  title: string;
  /** Where Back leads; a workspace's first screen has none. */
  up?: string;
  dock?: ComponentChildren;
}

export function Office({ title, up, dock, children }: OfficeProps) {
  return (
    <Screen title={title}>
      {up ? (
        <BackBar title={title} to={up} />
      ) : (
        <>
          <header class="bar">
            <Brand named />
            <h1 class="bar__title">{title}</h1>
            <a class="hit" href="/profil" aria-label={core("account", { name: signedIn().person.name })}>
              <span class="who" aria-hidden="true">
                {initials(signedIn().person.name)}
              </span>
            </a>
          </header>
          <Workspaces />
        </>
      )}
      <OfflineStrip />
      <Work>{children}</Work>
      {dock}
    </Screen>
  );
}

/** Of a name without its academic titles. */
const initials = (name: string): string =>
  name
    .replace(/,.*/, "")
    .split(/\s+/)
    .filter((word) => !word.endsWith("."))
    .map((word) => word[0])
    .slice(0, 2)
    .join("");

export const when = (iso: string): string => {
  const { zone } = signedIn().agency;
  return `${date(new Date(iso), zone)} ${clock(new Date(iso), zone)}`;
};

export const onDay = (iso: string): string => date(new Date(iso), signedIn().agency.zone);

interface LoadedProps<T> {
  from: Resource<T>;
  rows?: number;
  children: (value: T) => ComponentChildren;
}

/** What was fetched, or why it is not there yet. */
export function Loaded<T>({ from, rows = 3, children }: LoadedProps<T>) {
  if (from.value) return <>{children(from.value)}</>;
  return from.problem ? <Failed problem={from.problem} retry={from.reload} /> : <Skeleton rows={rows} />;
}

interface ListingProps<T> {
  from: List<T>;
  empty: { title: string; text: string };
  children: (item: T) => ComponentChildren;
}

export function Listing<T extends { id: string }>({ from, empty, children }: ListingProps<T>) {
  return (
    <Loaded from={from}>
      {({ items }) => (
        <>
          {!items.length && <Empty title={empty.title}>{empty.text}</Empty>}
          <ul class="settings settings--plain">
            {items.map((item) => (
              <li key={item.id}>{children(item)}</li>
            ))}
          </ul>
          {from.more && (
            <div class="pad">
              <Button kind="line" onClick={from.more}>
                {core("loadMore")}
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}

interface EntryProps extends Children {
  name: ComponentChildren;
  Icon?: ComponentType<{ small?: boolean }>;
  href?: string;
  onOpen?: () => void;
}

/** One line of a list: leads to a screen, opens a sheet, or only says something. */
export function Entry({ name, Icon, href, onOpen, children }: EntryProps) {
  const inside = (
    <>
      {Icon && <Icon />}
      <span class="settings__words">
        {name}
        {children && <small>{children}</small>}
      </span>
      {(href || onOpen) && <Right small />}
    </>
  );
  if (href) return <a href={href}>{inside}</a>;
  if (onOpen) {
    return (
      <button type="button" onClick={onOpen}>
        {inside}
      </button>
    );
  }
  return <div>{inside}</div>;
}

export const Section = ({ title, children }: Children & { title: string }) => (
  <section>
    <h2 class="group">{title}</h2>
    {children}
  </section>
);

/** A section's quiet line where there is nothing to list. */
export const Nothing = ({ children }: Children) => <p class="nothing">{children}</p>;

export interface Doing {
  busy: boolean;
  problem: Problem | null;
  /** Runs one thing at a time; a refusal stays on the sheet, with what was typed. */
  run: (work: () => Promise<unknown>) => void;
}

export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = (work: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    work()
      .catch((error: unknown) => setProblem(asProblem(error)))
      .finally(() => setBusy(false));
  };
  return { busy, problem, run };
}

/** The foot of a form on a page of its own. */
export function SaveDock({ busy, problem, onSave }: { busy: boolean; problem: Problem | null; onSave: () => void }) {
  return (
    <Dock>
      {problem && <Alert problem={problem} />}
      <Button busy={busy} onClick={onSave}>
        {core("save")}
      </Button>
    </Dock>
  );
}

interface DoSheetProps extends Children {
  title: string;
  action: string;
  /** What must be right before it is sent; false keeps the sheet. */
  ready?: () => boolean;
  onDo: () => Promise<unknown>;
  onClose: () => void;
  /** Another way out, beside the main one. */
  other?: ComponentChildren;
}

/** A form in a sheet with its one blue button. */
export function DoSheet({ title, action, ready, onDo, onClose, other, children }: DoSheetProps) {
  const { busy, problem, run } = useDoing();
  return (
    <Sheet title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready || ready()) run(onDo);
        }}
      >
        {children}
        {problem && <Alert problem={problem} />}
        {other}
        <Button submit busy={busy}>
          {action}
        </Button>
      </form>
    </Sheet>
  );
}

/** A link that is shown this once, to be handed over in person. */
export function LinkSheet({ title, text, link, onClose }: { title: string; text: string; link: string; onClose: () => void }) {
  const [copied, setCopied] = useState(false);
  return (
    <Sheet title={title} onClose={onClose}>
      <p class="hint">{text}</p>
      <p class="once print">{link}</p>
      <p class="hint" role="status">
        {copied ? core("copied") : ""}
      </p>
      <Button kind="line" onClick={() => void navigator.clipboard.writeText(link).then(() => setCopied(true))}>
        {t("copyLink")}
      </Button>
      <Button onClick={onClose}>{t("handedOver")}</Button>
    </Sheet>
  );
}
