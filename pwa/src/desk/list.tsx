/** The shelves and the papers on the open one. */

import type { Shelf } from "../api/desk-types.ts";
import { asProblem } from "../api/problem.ts";
import { Button, Empty, Failed, Skeleton } from "../components/parts.tsx";
import { Row } from "../components/row.tsx";
import { say } from "../components/toast.tsx";
import { due } from "../lib/time.ts";
import { t } from "../locales/desk.ts";
import { explain } from "../locales/explain.ts";
import { serverNow } from "../store/network.ts";
import { session } from "../store/session.ts";
import { listProblem, loadList, loadMore, openShelf, papers, query, shelf } from "./store.ts";
import { stateOf } from "./words.ts";

const SHELVES: Shelf[] = ["running", "returned", "finished", "draft"];

export function PaperList({ current }: { current: string | undefined }) {
  return (
    <>
      <div class="tabs" role="group" aria-label={t("shelves")}>
        {SHELVES.map((name) => (
          <button type="button" key={name} aria-pressed={shelf.value === name} onClick={() => void openShelf(name)}>
            {t(name)} {shelf.value === name && papers.value && !papers.value.next_cursor ? papers.value.items.length : ""}
          </button>
        ))}
      </div>
      <Papers current={current} />
    </>
  );
}

function Papers({ current }: { current: string | undefined }) {
  const shown = papers.value;
  if (!shown) {
    const problem = listProblem.value;
    return problem ? <Failed problem={problem} retry={() => void loadList()} /> : <Skeleton rows={5} />;
  }
  if (!shown.items.length) {
    return <Empty title={t("emptyTitle")}>{t(query.value ? "foundNone" : "emptyText")}</Empty>;
  }
  const zone = session.value?.agency.zone ?? "WIB";
  return (
    <ul>
      {shown.items.map((paper) => {
        const { mark, text } = stateOf(paper);
        return (
          <li key={paper.id}>
            <Row
              href={`/operator/${paper.id}`}
              kind={paper.type.code}
              kindName={paper.type.name}
              from={paper.number ?? paper.unit.name}
              title={paper.subject}
              due={paper.due_at ? due(new Date(paper.due_at), serverNow(), zone) : null}
              mark={mark}
              state={text}
              urgency={paper.urgency}
              current={paper.id === current}
            />
          </li>
        );
      })}
      {shown.next_cursor && (
        <li>
          <Button kind="text" onClick={() => void loadMore().catch((error: unknown) => say(explain(asProblem(error))))}>
            {t("more")}
          </Button>
        </li>
      )}
    </ul>
  );
}
