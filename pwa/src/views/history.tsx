/** Riwayat: what this person did: first what nobody knows yet, then the newest. */

import type { StepAction, StepState } from "../api/types.ts";
import type { MarkKind } from "../components/marks.tsx";
import { Button, Dock, Empty, Failed, OfflineStrip, Screen, Skeleton, Work } from "../components/parts.tsx";
import { Places } from "../components/places.tsx";
import { useList } from "../components/resource.ts";
import { Row } from "../components/row.tsx";
import { date, moment } from "../lib/time.ts";
import { t as core } from "../locales/core.ts";
import { t, type Word } from "../locales/trail.ts";
import { serverNow } from "../store/network.ts";
import { signedIn } from "../store/session.ts";

interface Deed {
  step_id: string;
  document_id: string;
  type_code: string;
  type_name: string;
  unit_name: string;
  subject: string;
  action: StepAction;
  state: StepState;
  finished_at: string | null;
  /** Instead, while only the signing service knows whether it was signed. */
  unknown_since: string | null;
  voided: boolean;
}

function outcome({ state, action }: Deed): MarkKind & Word {
  if (state === "unknown") return "unsure";
  if (state === "done") return action === "sign" ? "signed" : "initialled";
  return "opened";
}

const stateOf = (deed: Deed): Word =>
  deed.state === "returned" || deed.state === "rejected" || deed.state === "withdrawn" ? deed.state : outcome(deed);

export function HistoryView() {
  const list = useList<Deed>("/history");
  const { zone } = signedIn().agency;
  const deeds = list.value?.items ?? [];
  const groups = [...new Set(deeds.map(groupOf))];
  return (
    <Screen title={t("history")}>
      <header class="bar">
        <h1 class="bar__title">{t("history")}</h1>
      </header>
      <OfflineStrip />
      <Work>
        {list.problem && <Failed problem={list.problem} retry={list.reload} />}
        {!list.value && !list.problem && <Skeleton />}
        {list.value && !deeds.length && <Empty title={t("historyEmpty")}>{t("historyEmptyText")}</Empty>}
        {groups.map((group) => (
          <section key={group}>
            <h2 class="group">{group}</h2>
            <ul>
              {deeds
                .filter((deed) => groupOf(deed) === group)
                .map((deed) => (
                  <li key={deed.step_id}>
                    <Row
                      href={`/jejak/${deed.document_id}`}
                      kind={deed.type_code}
                      kindName={deed.type_name}
                      from={deed.unit_name}
                      title={deed.subject}
                      due={{ text: moment(at(deed), serverNow(), zone), hot: false }}
                      mark={deed.state === "returned" || deed.state === "rejected" ? "needsYou" : outcome(deed)}
                      state={deed.voided ? t("lapsed", { what: t(stateOf(deed)) }) : t(stateOf(deed))}
                    />
                  </li>
                ))}
            </ul>
          </section>
        ))}
        {list.more && (
          <Dock flat>
            <Button kind="line" onClick={list.more}>
              {core("loadMore")}
            </Button>
          </Dock>
        )}
      </Work>
      <Places />
    </Screen>
  );
}

const at = (deed: Deed): Date => new Date(deed.finished_at ?? deed.unknown_since ?? 0);

const groupOf = (deed: Deed): string =>
  deed.state === "unknown" ? t("notSure") : date(at(deed), signedIn().agency.zone).replace(/^\d+ /, "");
