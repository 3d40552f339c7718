/** What the administrator's, registration officer's and auditor's resources answer. */

import type { Device, Mandate, RoleName } from "../api/types.ts";

export interface Unit {
  id: string;
  name: string;
  code: string;
  parent_id: string | null;
}

export interface Position {
  id: string;
  title: string;
  unit_id: string;
  unit_name: string;
  head_of_unit: boolean;
  holders: { person_id: string; name: string; capacity: string }[];
  can_sign: boolean;
}

export interface PersonRow {
  id: string;
  name: string;
  nip: string | null;
  email: string | null;
  phone: string | null;
  joined_at: string;
  left_at: string | null;
}

export interface RoleGrant {
  id: string;
  role: RoleName;
  unit_id: string | null;
  /** In the future while others may object. */
  counts_from: string;
  /** An operator for the unit's secret papers too. */
  cleared: boolean;
}

export type PeriodMandate = Mandate & { starts_at: string };

export interface Certificate {
  id: string;
  subject: string;
  issuer: string;
  serial: string;
  thumbprint: string;
  not_before: string;
  not_after: string;
  status: "valid" | "suspended" | "revoked";
  status_at: string;
  reason: string | null;
}

export type DecisionKind =
  | "reset-second-factor"
  | "lift-suspension"
  | "issue-certificate"
  | "unsuspend-certificate"
  | "approve-device"
  | "make-officer"
  | "correct-identity"
  | "make-seal"
  | "signature-not-made";

export interface Named {
  id: string;
  name: string;
}

export interface Decision {
  id: string;
  kind: DecisionKind;
  person: Named;
  payload: Record<string, string>;
  state: "proposed" | "agreed" | "refused" | "withdrawn";
  proposed_by: Named;
  /** null while an administrator's proposal waits for the first of two officers. */
  first_officer: Named | null;
  created_at: string;
  decided_by: Named | null;
  decided_at: string | null;
  note: string | null;
  /** After a reset that was agreed: the link to hand over, told once. */
  link?: string | null;
}

/** A new officer's grant, as those see it who may object. */
export interface Objection {
  id: string;
  person: Named;
  granted_by: Named | null;
  granted_at: string;
  counts_from: string;
  revoked_at: string | null;
  waiting: boolean;
}

export interface Person extends PersonRow {
  /** The citizen's number but for its last four digits. */
  nik_masked: string | null;
  account: {
    username: string;
    totp_confirmed: boolean;
    signing_suspended_at: string | null;
    closed_at: string | null;
  } | null;
  roles: RoleGrant[];
  mandates: PeriodMandate[];
  devices: Device[];
  certificates: Certificate[];
  decisions: Decision[];
}

export type BlockPart = "capacity" | "code" | "name" | "nip";
export type FootKind = "sentence" | "code" | "none";
export type Level = "B-T" | "B-LT" | "B-LTA";

/** What a signature's block and the foot of the pages print. */
export interface PrintedStyle {
  block_order: BlockPart[];
  print_nip: boolean;
  print_titles: boolean;
  foot: FootKind;
}

/** A kind of paper; null leaves a setting to the agency. */
export interface Kind {
  code: string;
  name: string;
  active: boolean;
  sealed: boolean;
  level: Level;
  number_template: string | null;
  block_order: BlockPart[] | null;
  print_nip: boolean | null;
  print_titles: boolean | null;
  foot: FootKind | null;
}

export interface AgencySettings extends PrintedStyle {
  name: string;
  short_name: string;
  city: string;
  zone: "WIB" | "WITA" | "WIT";
  logo_url: string | null;
  number_template: string;
  policy: Record<string, boolean | number | string>;
}

/** Who makes signatures, and how the national service is used. */
export interface SigningProvider {
  provider: "local" | "bsre";
  service: {
    version: "v1" | "v2";
    activation: "passphrase" | "code";
    visible: boolean;
    tags: boolean;
    files: number;
    corners: boolean;
    unturned: boolean;
  };
  /** Whether the installation has the national service's address. */
  service_known: boolean;
}

/** A root in the trust store. */
export interface TrustedRoot {
  id: string;
  name: string;
  thumbprint: string;
  not_before: string;
  not_after: string;
  purposes: ("signing" | "tsa")[];
  indonesian_psre: boolean;
  own: boolean;
}

/** What may be done without a network. */
export interface OfflinePolicy {
  signing: boolean;
  window_hours: number;
  documents_per_statement: number;
  secrecies: ("biasa" | "terbatas")[];
  /** When a device must recognise its owner before its consent to sign counts. */
  passkey: "never" | "enrolled" | "always";
  passkey_on_line: boolean;
}

export interface AuditEntry {
  seq: number;
  at: string;
  actor: Named | null;
  device_id: string | null;
  action: string;
  subject_type: string;
  subject_id: string;
  data: Record<string, unknown>;
  previous: string;
  digest: string;
}

export interface Verification {
  intact: boolean;
  entries: number;
  head: string;
  broken_at: number | null;
}

/** A signature of which only the service knows whether it was made. */
export interface UnknownOutcome {
  /** Of the attempt. */
  id: string;
  document_id: string;
  number: string | null;
  type_name: string;
  signer: string;
  /** The reader is the signer, so that others settle it. */
  own: boolean;
  accepted_at: string;
  /** Until then the service may still be at work. */
  deniable_from: string;
  /** One officer's word that nothing was signed. */
  proposal: Decision | null;
  calls: ServiceCall[];
}

export interface ServiceCall {
  call: string;
  at: string;
  milliseconds: number;
  outcome: string;
  http_status: number | null;
  code: number | null;
  reference: string | null;
}
