/** Choosing among the papers already ticked. One that is not ticked can only be opened from here. */

import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/client.ts";
import { asProblem, type Problem } from "../../api/problem.ts";
import type { Inbox, InboxItem } from "../../api/types.ts";
import { back } from "../../app/router.ts";
import { Close } from "../../components/icons.tsx";
import { Button, Dock, Empty, Failed, OfflineStrip, Screen, Skeleton, Work } from "../../components/parts.tsx";
import { MOST, signable, unread } from "../../lib/bulk.ts";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/bulk.ts";
import { inbox, loadInbox } from "../../store/inbox.ts";
import { answered, pendingAct } from "../../store/unsent.ts";
import { vaultState } from "../../sync/held.ts";
import { signableHere } from "../../sync/ready-here.ts";
import { Unlock } from "../offline/unlock.tsx";
import { BulkSheet } from "./sheet.tsx";

const PAGE = 100;

interface Ready {
  items: InboxItem[] | null;
  /** Without a line: what this phone holds waits for its PIN. */
  locked: boolean;
  problem: Problem | null;
  load: () => void;
}

/** Everything that one activation could sign, the most urgent first. */
function useReady(): Ready {
  const [items, setItems] = useState<InboxItem[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const load = () => {
    const fetchAll = async (): Promise<InboxItem[]> => {
      const found: InboxItem[] = [];
      let cursor: string | null = "";
      while (cursor !== null && found.length < MOST) {
        const next: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
        const page: Inbox = await read<Inbox>(`/inbox?ready=true&limit=${PAGE}${next}`);
        found.push(...page.items.filter((item) => signable(item) && !pendingAct(item.step_id)));
        cursor = page.next_cursor;
      }
      return found.slice(0, MOST);
    };
    setProblem(null);
    fetchAll()
      .catch((error: unknown) => (asProblem(error).lost ? fromHere(asProblem(error)) : Promise.reject(error)))
      .then(setItems, (error: unknown) => setProblem(asProblem(error)));
  };
  // A tick that was on its way when this list was made has arrived: its paper belongs here now.
  useEffect(load, [answered.value, vaultState.value]);
  return { items, problem, locked: Boolean(problem?.lost) && vaultState.value === "locked", load };
}

/** What can be agreed to without a line. */
async function fromHere(why: Problem): Promise<InboxItem[]> {
  if (vaultState.peek() !== "open") throw why;
  return signableHere();
}

export function PickView({ first }: { first: string | undefined }) {
  const ready = useReady();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set(first ? [first] : []));
  const [signing, setSigning] = useState(false);
  useEffect(() => {
    if (!inbox.peek()) void loadInbox();
  }, []);
  const items = ready.items ?? [];
  const chosen = items.filter((item) => picked.has(item.step_id));
  const toggle = (id: string) => {
    const next = new Set(picked);
    if (!next.delete(id)) next.add(id);
    setPicked(next);
  };
  return (
    <Screen title={t("pick")}>
      <header class="bar bar--back">
        <button type="button" class="hit" aria-label={core("close")} onClick={() => back("/meja")}>
          <Close />
        </button>
        <h1 class="bar__title" aria-live="polite">
          {chosen.length ? t("picked", { count: chosen.length }) : t("pick")}
        </h1>
      </header>
      <OfflineStrip />
      <Work>
        {ready.items ? (
          <Choice items={items} picked={picked} onToggle={toggle} />
        ) : ready.locked ? (
          <Unlock />
        ) : ready.problem ? (
          <Failed problem={ready.problem} retry={ready.load} />
        ) : (
          <Skeleton rows={6} />
        )}
      </Work>
      {items.length > 0 && (
        <Dock>
          {items.length === MOST && <p class="hint">{t("most", { most: MOST })}</p>}
          <div class="pair">
            {chosen.length < items.length && (
              <Button kind={chosen.length ? "line" : "main"} onClick={() => setPicked(new Set(items.map((item) => item.step_id)))}>
                {t("all", { count: items.length })}
              </Button>
            )}
            {chosen.length === items.length && (
              <Button kind="line" onClick={() => setPicked(new Set())}>
                {t("none")}
              </Button>
            )}
            {chosen.length > 0 && <Button onClick={() => setSigning(true)}>{t("signCount", { count: chosen.length })}</Button>}
          </div>
        </Dock>
      )}
      {signing && <BulkSheet steps={chosen.map((item) => item.step_id)} onClose={() => setSigning(false)} />}
    </Screen>
  );
}

interface ChoiceProps {
  items: InboxItem[];
  picked: ReadonlySet<string>;
  onToggle: (id: string) => void;
}

function Choice({ items, picked, onToggle }: ChoiceProps) {
  const open = (inbox.value?.items ?? []).filter(unread);
  const waiting = open.filter((item) => !pendingAct(item.step_id));
  const sending = open.filter((item) => pendingAct(item.step_id) === "tick").length;
  return (
    <>
      {items.length ? (
        <section>
          <h2 class="group">{t("ready")}</h2>
          <ul>
            {items.map((item) => (
              <li key={item.step_id}>
                <label class="pick">
                  <input type="checkbox" checked={picked.has(item.step_id)} onChange={() => onToggle(item.step_id)} />
                  <i class="pick__dot" aria-hidden="true" />
                  <Words item={item} />
                </label>
              </li>
            ))}
          </ul>
        </section>
      ) : (
        <Empty title={t("nothingTitle")}>{t("nothingText")}</Empty>
      )}
      {sending > 0 && <p class="pick__why" role="status">{t("sending", { count: sending })}</p>}
      {waiting.length > 0 && (
        <section>
          <h2 class="group">{t("unread")}</h2>
          <p class="pick__why">{t("unreadWhy")}</p>
          <ul>
            {waiting.map((item) => (
              <li key={item.step_id}>
                <a class="pick" href={`/naskah/${item.step_id}`}>
                  <span class="sheet">{item.type_code}</span>
                  <Words item={item} />
                  <span class="pick__go">{t("readFirst")}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const Words = ({ item }: { item: InboxItem }) => (
  <span class="pick__words">
    <b>{item.subject}</b>
    <small>
      {item.number ?? t("noNumber")} · {item.type_name}
    </small>
    <small>{item.unit_name}</small>
  </span>
);
