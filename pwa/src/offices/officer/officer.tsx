/** The registration officer's place: what waits for a second word comes first, then the people. */

import { useState } from "preact/hooks";
import type { ViewProps } from "../../app/view.ts";
import { useList } from "../../components/resource.ts";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/offices.ts";
import { SearchBar } from "../fields.tsx";
import { Entry, Listing, Office, Section } from "../parts.tsx";
import type { Decision, PersonRow, UnknownOutcome } from "../types.ts";
import { DecisionEntry, DecisionSheet } from "./decision.tsx";
import { OutcomeEntry, OutcomeSheet } from "./outcome.tsx";
import { PersonCase } from "./person.tsx";

export function OfficerView({ at: [section, id] }: ViewProps) {
  return section === "orang" && id ? <PersonCase id={id} /> : <Overview />;
}

function Overview() {
  const waiting = useList<Decision>("/decisions?state=proposed");
  const [query, setQuery] = useState("");
  const people = useList<PersonRow>(`/people?query=${encodeURIComponent(query.trim())}`);
  const outcomes = useList<UnknownOutcome>("/signing/unknown");
  const [unsettled, setUnsettled] = useState<UnknownOutcome | null>(null);
  const [open, setOpen] = useState<Decision | null>(null);
  const changed = () => {
    waiting.reload();
    if (open?.kind === "signature-not-made") outcomes.reload();
  };
  return (
    <Office title={t("officer")}>
      <Section title={t("waiting")}>
        <Listing from={waiting} empty={{ title: t("waitingNone"), text: t("waitingNoneText") }}>
          {(decision) => <DecisionEntry decision={decision} onOpen={() => setOpen(decision)} />}
        </Listing>
      </Section>
      {(outcomes.problem || Boolean(outcomes.value?.items.length)) && (
        <Section title={t("outcomes")}>
          <Listing from={outcomes} empty={{ title: t("outcomesNone"), text: t("outcomesNoneText") }}>
            {(outcome) => <OutcomeEntry outcome={outcome} onOpen={() => setUnsettled(outcome)} />}
          </Listing>
        </Section>
      )}
      <Section title={t("people")}>
        <SearchBar label={t("personFind")} value={query} onValue={setQuery} />
        <Listing from={people} empty={{ title: core("searchNone"), text: core("searchNoneHint") }}>
          {(person) => (
            <Entry name={person.name} href={`/petugas/orang/${person.id}`}>
              <span class="num">{person.nip ?? t("noNip")}</span>
            </Entry>
          )}
        </Listing>
      </Section>
      {unsettled && (
        <OutcomeSheet
          outcome={unsettled}
          onClose={() => setUnsettled(null)}
          onSettled={() => {
            setUnsettled(null);
            outcomes.reload();
            waiting.reload();
          }}
          onDecide={(decision) => {
            setUnsettled(null);
            setOpen(decision);
          }}
        />
      )}
      {open && <DecisionSheet decision={open} onClose={() => setOpen(null)} onChanged={changed} />}
    </Office>
  );
}
