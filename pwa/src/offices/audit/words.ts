/** How actions and subjects of the trail are said. One this build does not know is said generally. */

import { id, t } from "../../locales/offices-audit.ts";
import type { Named } from "../types.ts";

export interface Filter {
  /** Kind of thing, or empty for all. */
  type: string;
  /** One thing of that kind, or empty. */
  id: string;
  person: Named | null;
  /** First and last day, as date fields hold them; empty for no bound. */
  from: string;
  until: string;
}

export const ALL: Filter = { type: "", id: "", person: null, from: "", until: "" };

type Word = keyof typeof id;
const known = (word: string): word is Word => word in id;

export const actionOf = (action: string): string => (known(action) ? t(action) : t("otherAction"));

export const SUBJECTS = [
  "document",
  "reference-number",
  "person",
  "device",
  "certificate",
  "credential",
  "seal",
  "position",
  "unit",
  "agency",
  "authority",
] as const;

export const subjectOf = (type: string): string => {
  const word = `of-${type}`;
  return known(word) ? t(word) : t("otherSubject");
};

/** What a recorded fact is called; a name without words stands as it was written. */
export const factOf = (name: string): string => {
  const word = `data-${name}`;
  return known(word) ? t(word) : name.replace(/_/g, " ");
};
