/** The registration officer's place: what waits for a second word comes first, then the people. */

import { useState } from "preact/hooks";
import type { ViewProps } from "../../app/view.ts";
import { useList } from "../../components/resource.ts";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/offices.ts";
import { SearchBar } from "../fields.tsx";
import { Entry, Listing, Office, Section } from "../parts.tsx";
import type { Decision, PersonRow } from "../types.ts";
import { DecisionEntry, DecisionSheet } from "./decision.tsx";
import { PersonCase } from "./person.tsx";

export function OfficerView({ at: [section, id] }: ViewProps) {
  return section === "orang" && id ? <PersonCase id={id} /> : <Overview />;
}

function Overview() {
  const waiting = useList<Decision>("/decisions?state=proposed");
  const [query, setQuery] = useState("");
  const people = useList<PersonRow>(`/people?query=${encodeURIComponent(query.trim())}`);
  const [open, setOpen] = useState<Decision | null>(null);
  return (
    <Office title={t("officer")}>
      <Section title={t("waiting")}>
        <Listing from={waiting} empty={{ title: t("waitingNone"), text: t("waitingNoneText") }}>
          {(decision) => <DecisionEntry decision={decision} onOpen={() => setOpen(decision)} />}
        </Listing>
      </Section>
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
      {open && <DecisionSheet decision={open} onClose={() => setOpen(null)} onChanged={waiting.reload} />}
    </Office>
  );
}
