/** How a paper's state is said and marked on the desk. */

import type { Paper } from "../api/desk-types.ts";
import type { MarkKind } from "../components/marks.tsx";
import { t } from "../locales/desk.ts";

const MARKS: Record<string, MarkKind> = {
  draft: "notYet",
  "under-review": "delivered",
  "ready-to-sign": "delivered",
  processing: "unsure",
  unknown: "unsure",
  "needs-revision": "needsYou",
  rejected: "needsYou",
  signed: "signed",
  sent: "signed",
  archived: "signed",
  revoked: "revoked",
  superseded: "revoked",
  cancelled: "revoked",
};

export function stateOf(paper: Paper): { mark: MarkKind; text: string } {
  const file = paper.version?.state;
  if (file === "refused") return { mark: "needsYou", text: t("refused") };
  if (file === "examining") return { mark: "unsure", text: t("examining") };
  if (paper.state === "draft") return { mark: "notYet", text: t(file ? "notQueued" : "noFile") };
  return { mark: MARKS[paper.state] ?? "notYet", text: t(paper.state as "signed") };
}

/** Whether the operator may still change the paper, its route and its places. */
export const atRest = (paper: Paper): boolean => paper.state === "draft" || paper.state === "needs-revision";

const UNITS = ["B", "KB", "MB"] as const;

export function bytes(size: number): string {
  const step = size < 1000 ? 0 : size < 1_000_000 ? 1 : 2;
  return `${Math.round(size / 1000 ** step)} ${UNITS[step]}`;
}

/** First eight hexadecimal digits in two groups: the same wherever the version appears. */
export const fingerprint = (sha256: string): string =>
  `${sha256.slice(0, 4)} ${sha256.slice(4, 8)}`.toUpperCase();
