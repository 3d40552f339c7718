/** One paper in a pile, read aloud as: kind, subject, office, deadline, state, urgency. */

import type { ComponentChildren } from "preact";
import type { Urgency } from "../api/types.ts";
import { t } from "../locales/core.ts";
import type { Due } from "../lib/time.ts";
import { Flag } from "./icons.tsx";
import { Mark, type MarkKind } from "./marks.tsx";

interface RowProps {
  href: string;
  kind: string;
  kindName?: string;
  from: string;
  title: string;
  due?: Due | null;
  mark: MarkKind;
  state: ComponentChildren;
  urgency?: Urgency;
  fresh?: boolean;
  current?: boolean;
}

export function Row({ href, kind, kindName, from, title, due, mark, state, urgency, fresh, current }: RowProps) {
  return (
    <a
      class={`row${fresh ? " row--new" : ""}${current ? " row--on" : ""}`}
      href={href}
      {...(current ? { "aria-current": "true" as const } : {})}
    >
      <span class="sheet">{kind}</span>
      {kindName && kindName !== kind && <Said>{kindName}</Said>}
      <div class="row__body">
        <div class="row__title">{title}</div>
        <Said />
        <div class="row__meta">
          <span class="row__from">{from}</span>
          {due && (
            <span class={due.hot ? "row__due row__due--hot" : "row__due"}>
              <Said>{t("deadlineIs")}</Said>
              {due.text}
            </span>
          )}
        </div>
        <Said />
        <div class="row__state">
          <Mark kind={mark} />
          <span>{state}</span>
          <UrgencyFlag urgency={urgency ?? "biasa"} />
        </div>
        {fresh && <Said>{t("newPaper")}</Said>}
      </div>
    </a>
  );
}

/** Heard, not seen: a word or a pause between the parts. */
const Said = ({ children }: { children?: ComponentChildren }) => <span class="sr">, {children} </span>;

export function UrgencyFlag({ urgency }: { urgency: Urgency }) {
  if (urgency === "biasa") return null;
  return (
    <span class={urgency === "amat-segera" ? "urg urg--2" : "urg"}>
      <Flag />
      {t(urgency)}
    </span>
  );
}
