/** The operator's desk: the shelf, the paper, and what is known of it, side by side or one by one. */

import "../styles/desk.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ViewProps } from "../app/view.ts";
import { go } from "../app/router.ts";
import { Button, Empty, Failed, OfflineStrip, Skeleton } from "../components/parts.tsx";
import { Search, Upload } from "../components/icons.tsx";
import { Brand } from "../components/marks.tsx";
import { t } from "../locales/desk.ts";
import { Workspaces } from "../offices/workspaces.tsx";
import { session } from "../store/session.ts";
import { PaperList } from "./list.tsx";
import { NewPaperSheet } from "./new-paper.tsx";
import { PagePane } from "./page-pane.tsx";
import { Side } from "./side.tsx";
import { loadList, open, openPaper, openProblem, query, type OpenPaper } from "./store.ts";
import { atRest } from "./words.ts";

const LOOK_AGAIN = 10_000;

export function DeskView({ at }: ViewProps) {
  const [id] = at;
  const [fresh, setFresh] = useState(false);
  const shown = open.value?.paper.id === id ? open.value : null;

  useEffect(() => void loadList(), [query.value]);
  useEffect(() => {
    document.title = `${shown?.paper.subject ?? t("title")} · Centang`;
  }, [shown]);
  useEffect(() => {
    openProblem.value = null;
    if (id) void openPaper(id);
  }, [id]);

  useEffect(() => {
    const timer = setInterval(() => {
      if (document.hidden || !id || !moves(open.peek())) return;
      void openPaper(id);
      void loadList();
    }, LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [id]);

  return (
    <div class={id ? "desk desk--paper" : "desk"}>
      <DeskBar onNew={() => setFresh(true)} />
      <nav class="desk__list" aria-label={t("title")}>
        <PaperList current={id} />
      </nav>
      {shown ? (
        <>
          <PagePane key={shown.version?.id ?? "none"} shown={shown} />
          <Side shown={shown} />
        </>
      ) : (
        <Absent id={id} />
      )}
      {fresh && (
        <NewPaperSheet
          onClose={() => setFresh(false)}
          onMade={(made) => {
            setFresh(false);
            go(`/operator/${made.id}`);
          }}
        />
      )}
    </div>
  );
}

/** Whether somebody else, or the worker, may be about to change the open paper. */
const moves = (shown: OpenPaper | null): boolean =>
  shown !== null && !atRest(shown.paper) && !shown.paper.validated;

function Absent({ id }: { id: string | undefined }) {
  const problem = openProblem.value;
  return (
    <>
      <main class="desk__page">
        {problem ? (
          <Failed problem={problem} retry={() => id && void openPaper(id)} />
        ) : id ? (
          <Skeleton />
        ) : (
          <Empty title={t("pickTitle")}>{t("pickText")}</Empty>
        )}
      </main>
      <aside class="desk__side" />
    </>
  );
}

function DeskBar({ onNew }: { onNew: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const who = session.value;
  useEffect(() => {
    const slash = (event: KeyboardEvent) => {
      const typing = (event.target as Element).closest?.("input, textarea, select, dialog");
      if (event.key !== "/" || typing) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener("keydown", slash);
    return () => document.removeEventListener("keydown", slash);
  }, []);
  const initials = (who?.person.name ?? "")
    .replace(/,.*/, "")
    .split(/\s+/)
    .filter((word) => !word.endsWith("."))
    .map((word) => word[0])
    .slice(0, 2)
    .join("");
  return (
    <header class="desk__bar">
      <Brand named />
      <b>Centang</b>
      <span class="unit">{who?.roles.find((one) => one.role === "operator")?.unit_name ?? who?.agency.short_name}</span>
      <Workspaces />
      <span class="grow" />
      <label class="find">
        <Search small />
        <span class="sr">{t("find")}</span>
        <input
          ref={field}
          type="search"
          placeholder={t("find")}
          value={query.value}
          onInput={(event) => void (query.value = event.currentTarget.value)}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <Button kind="line" onClick={onNew}>
        <Upload small />
        {t("uploadPaper")}
      </Button>
      <a class="hit" href="/profil" aria-label={who?.person.name}>
        <span class="who" aria-hidden="true">
          {initials}
        </span>
      </a>
      <OfflineStrip />
    </header>
  );
}
