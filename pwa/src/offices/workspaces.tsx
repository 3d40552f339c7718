/** The places of work a person has by roles and mandates, and a plain switch between them. */

import "../styles/offices.css";
import type { RoleName, Session } from "../api/types.ts";
import { path } from "../app/router.ts";
import { t } from "../locales/offices.ts";
import { session } from "../store/session.ts";

const BY_ROLE: Partial<Record<RoleName, string>> = {
  operator: "/operator",
  "registration-officer": "/petugas",
  administrator: "/kelola",
  auditor: "/audit",
};
const WORDS = {
  "/meja": "wsDesk",
  "/operator": "wsOperator",
  "/petugas": "wsOfficer",
  "/kelola": "wsAdmin",
  "/audit": "wsAudit",
} as const;
type Workspace = keyof typeof WORDS;

/** Their addresses, the pile first; nobody is without one. */
export function workspaces(who: Session): Workspace[] {
  const held = new Set(who.roles.map((one) => BY_ROLE[one.role]));
  const own = (Object.keys(WORDS) as Workspace[]).filter((href) => held.has(href));
  return who.mandates.length || !own.length ? ["/meja", ...own] : own;
}

export const nameOf = (workspace: Workspace): string => t(WORDS[workspace]);

/** Shown only to those who have more than one. */
export function Workspaces() {
  const places = session.value ? workspaces(session.value) : [];
  if (places.length < 2) return null;
  const here = `/${path.value.split("/")[1]}`;
  return (
    <nav class="spaces" aria-label={t("workspaces")}>
      {places.map((href) => (
        <a key={href} href={href} {...(href === here ? { "aria-current": "page" as const } : {})}>
          {nameOf(href)}
        </a>
      ))}
    </nav>
  );
}
