/** The auditor's place: the trail, newest first, and whether anybody rewrote it. */

import { useState } from "preact/hooks";
import { read } from "../../api/client.ts";
import type { Page } from "../../api/types.ts";
import type { ViewProps } from "../../app/view.ts";
import { TextField } from "../../components/fields.tsx";
import { Mark } from "../../components/marks.tsx";
import { Alert, Button, Dock, Empty } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/offices-audit.ts";
import { say } from "../../components/toast.tsx";
import { explain } from "../../locales/explain.ts";
import { asProblem } from "../../api/problem.ts";
import { Choice, PersonPicker, edgeOfDay } from "../fields.tsx";
import { Entry, Loaded, Office, useDoing, when } from "../parts.tsx";
import type { AuditEntry, Named, Verification } from "../types.ts";
import { EntrySheet } from "./entry.tsx";
import { ALL, SUBJECTS, actionOf, subjectOf, type Filter } from "./words.ts";

const pathOf = ({ type, id, person, from, until }: Filter): string => {
  const search = new URLSearchParams({ limit: "50" });
  if (type || id) search.set("subject", type ? `${type}:${id}` : id);
  if (person) search.set("person_id", person.id);
  if (from) search.set("since", edgeOfDay(from, "begins"));
  if (until) search.set("until", edgeOfDay(until, "ended"));
  return `/audit?${search}`;
};

export function AuditView(_: ViewProps) {
  const [filter, setFilter] = useState<Filter>(ALL);
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const checking = useDoing();
  const [found, setFound] = useState<Verification | null>(null);
  const verify = () => checking.run(async () => setFound(await read<Verification>("/audit/verification", { timeout: 120_000 })));
  const narrow = (next: Filter) => {
    setOpen(null);
    setFilter(next);
  };
  return (
    <Office
      title={t("title")}
      dock={
        <Dock>
          {checking.problem && <Alert problem={checking.problem} />}
          <Button busy={checking.busy} onClick={verify}>
            {t(checking.busy ? "verifying" : found ? "verifyAgain" : "verify")}
          </Button>
        </Dock>
      }
    >
      <div role="status">{found && <Finding found={found} />}</div>
      <Filters filter={filter} onFilter={narrow} />
      <Trail key={pathOf(filter)} path={pathOf(filter)} onOpen={setOpen} />
      {open && <EntrySheet entry={open} onFilter={narrow} onClose={() => setOpen(null)} />}
    </Office>
  );
}

function Finding({ found }: { found: Verification }) {
  const { intact, entries, head, broken_at } = found;
  return (
    <div class="finding">
      <Mark kind={intact ? "ticked" : "needsYou"} />
      <div>
        <b>{t(intact ? "intact" : "broken", { entries, at: broken_at ?? 0 })}</b>
        <p>{t(intact ? "intactText" : "brokenText", { at: broken_at ?? 0 })}</p>
        <p>
          {t("head")} <span class="print">{head.slice(0, 16)}</span>
        </p>
      </div>
    </div>
  );
}

function Filters({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) {
  const byPerson = (person: Named | null) => onFilter({ ...filter, person });
  return (
    <div class="filters wide">
      <Choice label={t("about")} value={filter.type} onValue={(type) => onFilter({ ...filter, type, id: "" })}>
        <option value="">{t("everything")}</option>
        {SUBJECTS.map((one) => (
          <option key={one} value={one}>
            {subjectOf(one)}
          </option>
        ))}
      </Choice>
      <TextField label={t("from")} type="date" value={filter.from} onValue={(from) => onFilter({ ...filter, from })} />
      <TextField label={t("until")} type="date" value={filter.until} onValue={(until) => onFilter({ ...filter, until })} />
      <ByPerson person={filter.person} onPerson={byPerson} />
      {filter.id && (
        <div class="picked">
          <span>{t("onlyOne", { what: subjectOf(filter.type), id: filter.id.slice(0, 8) })}</span>
          <button type="button" class="btn btn--text" onClick={() => onFilter({ ...filter, id: "" })}>
            {t("showAll")}
          </button>
        </div>
      )}
    </div>
  );
}

/** Finding a person takes room, so it opens only when asked for. */
function ByPerson({ person, onPerson }: { person: Named | null; onPerson: (person: Named | null) => void }) {
  const [choosing, setChoosing] = useState(false);
  if (!person && !choosing) {
    return (
      <Button kind="line" onClick={() => setChoosing(true)}>
        {t("byPerson")}
      </Button>
    );
  }
  return (
    <PersonPicker
      label={t("byPerson")}
      chosen={person?.name ?? null}
      onPick={(id, name) => {
        setChoosing(false);
        onPerson({ id, name });
      }}
      onClear={() => {
        setChoosing(false);
        onPerson(null);
      }}
    />
  );
}

function Trail({ path, onOpen }: { path: string; onOpen: (entry: AuditEntry) => void }) {
  const trail = useResource<Page<AuditEntry>>(path);
  const more = (shown: Page<AuditEntry>) =>
    read<Page<AuditEntry>>(`${path}&cursor=${encodeURIComponent(shown.next_cursor ?? "")}`).then(
      (next) => trail.set({ ...next, items: [...shown.items, ...next.items] }),
      (error: unknown) => say(explain(asProblem(error))),
    );
  return (
    <Loaded from={trail} rows={6}>
      {(shown) => (
        <>
          {!shown.items.length && <Empty title={t("none")}>{t("noneText")}</Empty>}
          <ol class="settings settings--plain">
            {shown.items.map((entry) => (
              <li key={entry.seq}>
                <Entry name={actionOf(entry.action)} onOpen={() => onOpen(entry)}>
                  <span class="num">
                    {entry.seq}. {when(entry.at)}
                  </span>
                  , {entry.actor?.name || t("system")}
                </Entry>
              </li>
            ))}
          </ol>
          {shown.next_cursor && (
            <div class="pad">
              <Button kind="line" onClick={() => void more(shown)}>
                {core("loadMore")}
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
