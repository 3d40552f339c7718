/** Which screen answers which address. Everything but the desk is fetched when first needed. */

import type { ComponentType } from "preact";
import type { RoleName, Session } from "../api/types.ts";
import { InboxView } from "../views/inbox.tsx";
import { lazy, type Lazy } from "./lazy.tsx";
import type { ViewProps } from "./view.ts";

type View = ComponentType<ViewProps>;

export const DoorView = lazy<ViewProps>(async () => (await import("../views/door.tsx")).DoorView);

/** Screens that answer without a session. */
export const OPEN: Record<string, View> = {
  mulai: lazy(async () => (await import("../offices/first-run.tsx")).FirstRunView),
  pindai: lazy(async () => (await import("../views/scan.tsx")).ScanView),
  undangan: lazy(async () => (await import("../views/invitation.tsx")).InvitationView),
};

export const ReaderView: Lazy<ViewProps> = lazy(async () => (await import("../views/reader.tsx")).ReaderView);

/** Screens for the signed-in. */
export const ROUTES: Record<string, View> = {
  meja: InboxView,
  naskah: ReaderView,
  jejak: lazy(async () => (await import("../views/trail.tsx")).TrailView),
  riwayat: lazy(async () => (await import("../views/history.tsx")).HistoryView),
  "belum-terkirim": lazy(async () => (await import("../views/unsent.tsx")).UnsentView),
  pemberitahuan: lazy(async () => (await import("../views/notices.tsx")).NoticesView),
  operator: lazy(async () => (await import("../desk/desk.tsx")).DeskView),
  petugas: lazy(async () => (await import("../offices/officer/officer.tsx")).OfficerView),
  kelola: lazy(async () => (await import("../offices/admin/admin.tsx")).AdminView),
  audit: lazy(async () => (await import("../offices/audit/audit.tsx")).AuditView),
  keberatan: lazy(async () => (await import("../offices/objection.tsx")).ObjectionView),
  profil: lazy(async () => (await import("../views/profile.tsx")).ProfileView),
};

const BEGINS: [RoleName, string][] = [
  ["operator", "/operator"],
  ["registration-officer", "/petugas"],
  ["administrator", "/kelola"],
  ["auditor", "/audit"],
];

/** Where a person's work begins: those who sign at their pile, the others at their first role's place. */
export function home(who: Session): string {
  if (who.mandates.length) return "/meja";
  const first = BEGINS.find(([role]) => who.roles.some((one) => one.role === role));
  return first ? first[1] : "/meja";
}
