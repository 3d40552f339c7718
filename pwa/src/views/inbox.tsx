/** Meja: the papers that wait for this person, by day, the most urgent first. */

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { lazy } from "../app/lazy.tsx";
import { go } from "../app/router.ts";
import type { ViewProps } from "../app/view.ts";
import { asProblem } from "../api/problem.ts";
import type { BatchSummary } from "../api/signing-types.ts";
import type { InboxItem, Session } from "../api/types.ts";
import { Close, Right, Search } from "../components/icons.tsx";
import { Brand, Mark, type MarkKind } from "../components/marks.tsx";
import { Button, Dock, Empty, Failed, OfflineStrip, Screen, Skeleton, Work } from "../components/parts.tsx";
import { Places } from "../components/places.tsx";
import { Row } from "../components/row.tsx";
import { say } from "../components/toast.tsx";
import { t } from "../locales/core.ts";
import { explain } from "../locales/explain.ts";
import { signable } from "../lib/bulk.ts";
import { clock, due, group, type Group, type Zone } from "../lib/time.ts";
import { loadBatch, openBatch } from "../store/batches.ts";
import { offlineSince, serverNow } from "../store/network.ts";
import { inbox, inboxProblem, loadInbox, loadMore, nextItem, shownFrom } from "../store/inbox.ts";
import { session } from "../store/session.ts";
import { pendingAct, troubled, waiting } from "../store/unsent.ts";

const PickView = lazy(async () => (await import("./bulk.tsx")).PickView);
const ProgressView = lazy(async () => (await import("./bulk.tsx")).ProgressView);
const GROUPS: Group[] = ["today", "later", "undated"];
const RENEW = 60_000;

function markOf(item: InboxItem): MarkKind {
  if (pendingAct(item.step_id)) return "waitingNet";
  if (item.state === "processing" || item.state === "unknown") return "unsure";
  if (item.lapsed && !item.ticked_at) return "needsYou";
  if (item.ticked_at) return "ticked";
  return item.opened ? "opened" : "delivered";
}

function lapsedWord({ lapsed, action }: InboxItem) {
  if (!lapsed?.done) return "lapsedTick";
  return action === "sign" ? "lapsedSignature" : "lapsedInitial";
}

export function stateOf(item: InboxItem): string {
  const pending = pendingAct(item.step_id);
  if (pending) return t(`waits-${pending}`);
  if (item.state === "processing") return t("processing");
  if (item.state === "unknown") return t("unknown");
  if (item.lapsed && !item.ticked_at) return t(lapsedWord(item), { old: item.lapsed.ordinal, version: item.version_ordinal });
  if (item.ticked_at) return t(item.action === "sign" ? "tickedNeedSign" : "tickedNeedInitial");
  return t(item.action === "sign" ? "needSign" : "needInitial");
}

export const initials = (name: string): string => {
  // Academic and religious titles carry a full stop; the name itself does not.
  const plain = name.split(",")[0]?.split(/\s+/).filter((part) => part && !part.endsWith(".")) ?? [];
  return ((plain[0]?.[0] ?? "") + (plain[1]?.[0] ?? "")).toUpperCase();
};

function useRenewal() {
  const [, tick] = useState(0);
  useEffect(() => {
    const ask = () => {
      void loadInbox();
      void loadBatch().catch(() => undefined);
    };
    const renew = () => {
      if (document.hidden) return;
      tick((n) => n + 1);
      ask();
    };
    if (!document.hidden) ask();
    const timer = setInterval(renew, RENEW);
    document.addEventListener("visibilitychange", renew);
    window.addEventListener("online", renew);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", renew);
      window.removeEventListener("online", renew);
    };
  }, []);
}

export function InboxView({ at: [part, id] }: ViewProps) {
  if (part === "pilih") return <PickView first={id} />;
  if (part === "sekaligus" && id) return <ProgressView id={id} />;
  return <Desk />;
}

function Desk() {
  useRenewal();
  const [query, setQuery] = useState<string | null>(null);
  const list = inbox.value;
  const first = nextItem();
  return (
    <Screen title={t("waiting")}>
      {query === null ? (
        <InboxBar total={list?.total ?? 0} onSearch={() => setQuery("")} />
      ) : (
        <SearchBar query={query} onQuery={setQuery} />
      )}
      <OfflineStrip>{shownFrom.value && t("shownFrom", { time: clock(new Date(shownFrom.value), zoneOf()) })}</OfflineStrip>
      <UnsentStrip />
      {openBatch.value && <BatchStrip batch={openBatch.value} />}
      <Work>{list ? <Pile items={list.items} query={query ?? ""} /> : <Absent />}</Work>
      {first && query === null && (
        <Dock>
          <a class="btn btn--main" href={`/naskah/${first.step_id}`}>
            {t(first.urgency === "biasa" && !isLate(first) ? "openFirst" : "startUrgent")}
          </a>
        </Dock>
      )}
      <Places />
    </Screen>
  );
}

/** What this person did and the server does not know yet; what needs them comes first. */
function UnsentStrip() {
  const [wait, trouble] = [waiting.value.length, troubled.value.length];
  if (!wait && !trouble) return null;
  return (
    <a class="strip" href="/belum-terkirim">
      <Mark kind={trouble ? "needsYou" : "waitingNet"} />
      <span>
        {trouble > 0 && <b>{t("troubled", { count: trouble })} </b>}
        {wait > 0 && t("waitsForLine", { count: wait })}
      </span>
      <Right small />
    </a>
  );
}

/** A batch that has not ended: where it is, and the way to it. */
function BatchStrip({ batch }: { batch: BatchSummary }) {
  useEffect(() => {
    if (batch.state !== "running") return;
    const timer = setTimeout(() => void loadBatch().catch(() => undefined), 3_000);
    return () => clearTimeout(timer);
  }, [batch]);
  const paused = batch.state === "paused";
  return (
    <a class="strip" href={`/meja/sekaligus/${batch.id}`}>
      <Mark kind={paused ? "needsYou" : "unsure"} />
      <span>
        <b>{t(paused ? "batchPaused" : "batchRunning")}</b>{" "}
        {paused ? t("batchLeft", { count: batch.remaining }) : t("batchDone", { done: batch.done, total: batch.total })}
      </span>
      <Right small />
    </a>
  );
}

const isLate = (item: InboxItem): boolean =>
  item.due_at !== null && due(new Date(item.due_at), serverNow(), "WIB").hot;

const accountName = ({ person, unread }: Session): string =>
  t("account", { name: person.name }) + (unread > 0 ? `, ${t("unread", { count: unread })}` : "");

function InboxBar({ total, onSearch }: { total: number; onSearch: () => void }) {
  const who = session.value;
  if (!who) return null;
  return (
    <header class="bar">
      <Brand named />
      <h1 class="bar__title">
        {t("waiting")} {total > 0 && <span class="num">{total}</span>}
      </h1>
      <button type="button" class="hit" aria-label={t("search")} onClick={onSearch}>
        <Search />
      </button>
      <a class="hit" href="/profil">
        <span class="who">{initials(who.person.name)}</span>
        <span class="sr">, {accountName(who)}</span>
        {who.unread > 0 && <span class="who__dot" />}
      </a>
    </header>
  );
}

function SearchBar({ query, onQuery }: { query: string; onQuery: (query: string | null) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <header class="bar bar--search">
      <div class="input">
        <input
          type="search"
          aria-label={t("search")}
          placeholder={t("searchHint")}
          value={query}
          ref={field}
          onInput={(event) => onQuery(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && onQuery(null)}
        />
      </div>
      <button type="button" class="hit" aria-label={t("close")} onClick={() => onQuery(null)}>
        <Close />
      </button>
    </header>
  );
}

const heldPile = signal<ComponentType | null>(null);
/** What shows the pile without a line. */
export async function fetchHeldPile(): Promise<void> {
  heldPile.value = (await import("./offline/held-pile.tsx")).HeldPile;
}

function Absent() {
  const problem = inboxProblem.value;
  // What is known not to answer is not waited for; should it answer after all, the pile is there.
  const away = problem ? problem.lost : offlineSince.value !== null;
  useLayoutEffect(() => {
    if (away) void fetchHeldPile().catch(() => undefined);
  }, [away]);
  const Held = heldPile.value;
  if (away && Held) return <Held />;
  return problem ? <Failed problem={problem} retry={() => void loadInbox()} /> : <Skeleton rows={5} />;
}

const zoneOf = (): Zone => session.value?.agency.zone ?? "WIB";

function Pile({ items, query }: { items: InboxItem[]; query: string }) {
  const zone = zoneOf();
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = items.filter((item) => {
    const text = `${item.subject} ${item.number ?? ""} ${item.unit_name} ${item.type_name}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (!items.length) {
    const holder = Boolean(session.value?.mandates.length);
    return holder ? (
      <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>
    ) : (
      <Empty title={t("noMandateTitle")}>{t("noMandateText")}</Empty>
    );
  }
  if (!shown.length) return <Empty title={t("searchNone")}>{t("searchNoneHint")}</Empty>;
  const now = serverNow();
  return (
    <>
      {items.some((item) => signable(item) || (item.action === "sign" && pendingAct(item.step_id) === "tick")) && (
        <a class="strip strip--plain" href="/meja/pilih">
          <Mark kind="ticked" />
          <span>{t("pickHint")}</span>
          <b>{t("pick")}</b>
        </a>
      )}
      {GROUPS.map((name) => (
        <Section key={name} name={name} zone={zone} now={now} items={shown.filter((item) => groupOf(item, now, zone) === name)} />
      ))}
      {inbox.value?.next_cursor && (
        <Dock flat>
          <Button kind="line" onClick={() => void loadMore().catch((error: unknown) => say(explain(asProblem(error))))}>
            {t("loadMore")}
          </Button>
        </Dock>
      )}
    </>
  );
}

const groupOf = (item: InboxItem, now: Date, zone: Zone): Group =>
  group(item.due_at ? new Date(item.due_at) : null, now, zone);

/** A long press chooses; a right click keeps the browser's own menu. */
function pickOnLongPress(event: MouseEvent, item: InboxItem) {
  if ((event as PointerEvent).pointerType !== "touch" || item.action !== "sign") return;
  event.preventDefault();
  go(signable(item) ? `/meja/pilih/${item.step_id}` : "/meja/pilih");
}

function Section({ name, items, now, zone }: { name: Group; items: InboxItem[]; now: Date; zone: Zone }) {
  if (!items.length) return null;
  const fresh = items.filter((item) => !item.opened).length;
  return (
    <section>
      <h2 class="group">
        {t(name)} {fresh > 0 && name === "today" && <span>{t("unopened", { count: fresh })}</span>}
      </h2>
      <ul>
        {items.map((item) => (
          <li key={item.step_id} onContextMenu={(event) => pickOnLongPress(event, item)}>
            <Row
              href={`/naskah/${item.step_id}`}
              kind={item.type_code}
              kindName={item.type_name}
              from={item.unit_name}
              title={item.subject}
              due={item.due_at ? due(new Date(item.due_at), now, zone) : null}
              mark={markOf(item)}
              state={stateOf(item)}
              urgency={item.urgency}
              fresh={!item.opened && !pendingAct(item.step_id)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
