/** The people who work here, and those who left. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { go } from "../../app/router.ts";
import { CheckBox } from "../../components/fields.tsx";
import { Button, Dock } from "../../components/parts.tsx";
import { useList } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/offices-admin.ts";
import { SearchBar } from "../fields.tsx";
import { Entry, Listing, Office } from "../parts.tsx";
import type { PersonRow } from "../types.ts";
import { FactsSheet } from "./person-facts.tsx";
import { PersonView } from "./person.tsx";

export function PeopleView({ rest: [id] }: { rest: string[] }) {
  return id ? <PersonView id={id} /> : <People />;
}

function People() {
  const [query, setQuery] = useState("");
  const [left, setLeft] = useState(false);
  const [joining, setJoining] = useState(false);
  const people = useList<PersonRow>(`/people?query=${encodeURIComponent(query.trim())}${left ? "&left=true" : ""}`);
  return (
    <Office
      title={t("people")}
      up="/kelola"
      dock={
        <Dock>
          <Button onClick={() => setJoining(true)}>{t("personAdd")}</Button>
        </Dock>
      }
    >
      <SearchBar label={t("personFind")} value={query} onValue={setQuery} />
      <div class="filters">
        <CheckBox checked={left} onChecked={setLeft}>
          {t("withLeft")}
        </CheckBox>
      </div>
      <Listing from={people} empty={{ title: core("searchNone"), text: core("searchNoneHint") }}>
        {(person) => (
          <Entry name={person.name} href={`/kelola/orang/${person.id}`}>
            <span class="num">{person.nip ?? t("noNip")}</span>
            {person.left_at && `, ${t("hasLeft")}`}
          </Entry>
        )}
      </Listing>
      {joining && (
        <FactsSheet
          title={t("personAdd")}
          onClose={() => setJoining(false)}
          onKeep={async (facts) => {
            const made = await post<PersonRow>("/people", facts);
            say(t("joined", { name: made.name }));
            setJoining(false);
            go(`/kelola/orang/${made.id}`);
          }}
        />
      )}
    </Office>
  );
}
