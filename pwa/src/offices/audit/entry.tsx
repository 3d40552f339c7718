/** One line of the trail in full, with the way to everything about the same thing or person. */

import { Button } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { t } from "../../locales/offices-audit.ts";
import { when } from "../parts.tsx";
import type { AuditEntry } from "../types.ts";
import { ALL, actionOf, factOf, subjectOf, type Filter } from "./words.ts";

interface Props {
  entry: AuditEntry;
  onFilter: (filter: Filter) => void;
  onClose: () => void;
}

const plain = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

export function EntrySheet({ entry, onFilter, onClose }: Props) {
  const { actor, subject_type: type, subject_id: id } = entry;
  return (
    <Sheet title={actionOf(entry.action)} onClose={onClose}>
      <dl class="facts">
        <Fact name={t("order")} value={String(entry.seq)} />
        <Fact name={t("at")} value={when(entry.at)} />
        <Fact name={t("who")} value={actor?.name || t("system")} />
        {entry.device_id && <Fact name={t("device")} value={entry.device_id} exact />}
        <Fact name={subjectOf(type)} value={id} exact />
        {Object.entries(entry.data)
          .filter(([, value]) => value !== null && value !== "")
          .map(([name, value]) => (
            <Fact key={name} name={factOf(name)} value={plain(value)} exact />
          ))}
        <Fact name={t("digest")} value={entry.digest} exact />
        <Fact name={t("previous")} value={entry.previous} exact />
      </dl>
      {actor && (
        <Button kind="line" onClick={() => onFilter({ ...ALL, person: actor })}>
          {t("allBy", { name: actor.name })}
        </Button>
      )}
      <Button onClick={() => onFilter({ ...ALL, type, id })}>{t("allAbout")}</Button>
    </Sheet>
  );
}

const Fact = ({ name, value, exact }: { name: string; value: string; exact?: boolean }) => (
  <div>
    <dt>{name}</dt>
    <dd class={exact ? "exact" : ""}>{value}</dd>
  </div>
);
