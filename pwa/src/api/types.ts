/** What the API answers, as far as the app reads it. Times are RFC 3339 in UTC. */

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type Language = "id" | "en";
export type RoleName = "operator" | "official" | "registration-officer" | "auditor" | "administrator";

export interface Mandate {
  id: string;
  kind: "definitif" | "plt" | "plh" | "pj" | "pjs";
  position_id: string;
  title: string;
  /** Title with Plt., Plh. and so on, as it stands under a signature. */
  capacity: string;
  decree_number: string | null;
  unit_id: string;
  unit_name: string;
  ends_at: string | null;
}

export interface Agency {
  name: string;
  short_name: string;
  zone: "WIB" | "WITA" | "WIT";
  logo_url: string | null;
}

export interface Session {
  person: { id: string; name: string; nip: string | null; email: string | null };
  username: string;
  roles: { role: RoleName; unit_id: string | null; unit_name: string | null }[];
  mandates: Mandate[];
  csrf: string;
  expires_at: string;
  device: Device | null;
  totp_confirmed: boolean;
  /** Since a second factor was reset; two officers lift it. */
  signing_suspended: boolean;
  language: Language;
  agency: Agency;
  unread: number;
}

export interface Device {
  id: string;
  name: string;
  thumbprint: string;
  enrolled_at: string;
  last_used_at: string;
  may_sign_from: string;
  revoked_at: string | null;
  lost_at: string | null;
  current: boolean;
}

export interface SignInSession {
  id: string;
  created_at: string;
  last_seen_at: string;
  user_agent: string;
  device_name: string | null;
  current: boolean;
}

export type Urgency = "biasa" | "segera" | "amat-segera";
export type Secrecy = "biasa" | "terbatas" | "rahasia" | "sangat-rahasia";
export type StepAction = "initial" | "sign";
export type StepState =
  | "waiting"
  | "open"
  | "ticked"
  | "processing"
  | "unknown"
  | "done"
  | "returned"
  | "rejected"
  | "withdrawn";

export interface InboxItem {
  step_id: string;
  document_id: string;
  type_code: string;
  type_name: string;
  unit_name: string;
  subject: string;
  number: string | null;
  secrecy: Secrecy;
  urgency: Urgency;
  due_at: string | null;
  action: StepAction;
  state: StepState;
  opened: boolean;
  ticked_at: string | null;
  version_id: string;
  version_ordinal: number;
  page_count: number;
  mandate_id: string | null;
  capacity: string | null;
  lapsed: Lapsed | null;
}

/** What this position gave to an earlier version, void since a newer file came. */
export interface Lapsed {
  ordinal: number;
  person_name: string;
  own: boolean;
  /** It was initialled or signed, not only ticked. */
  done: boolean;
  at: string | null;
}

export interface Inbox extends Page<InboxItem> {
  total: number;
  unopened: number;
}

export interface Rendition {
  url: string;
  type: string;
  bytes: number;
  sha256: string;
}

export interface PageImage {
  ordinal: number;
  width: number;
  height: number;
  image: Rendition;
  large: Rendition;
}

export type StepMove = "tick" | "take-over" | "initial" | "sign" | "return" | "reject";

export interface StepDetail extends InboxItem {
  version: { id: string; ordinal: number; sha256: string; page_count: number; pages: PageImage[] };
  tick: { ticked_at: string; version_sha256: string } | null;
  mandates: Mandate[];
  allowed: StepMove[];
  /** Where the same position's turn is now, when this step belongs to an earlier round. */
  current_step_id: string | null;
}

export interface TimelineEvent {
  id: string;
  kind: string;
  at: string;
  version_ordinal: number | null;
  voided: boolean;
  person_name: string | null;
  capacity: string | null;
  note: string | null;
  data: Record<string, unknown>;
}

export interface TimelineStep {
  id: string;
  ordinal: number;
  action: StepAction;
  state: StepState;
  position_title: string;
  holder_name: string | null;
}

export interface Timeline {
  items: TimelineEvent[];
  steps: TimelineStep[];
}

export interface DocumentSummary {
  id: string;
  revision: number;
  unit: { id: string; name: string; code: string };
  type: { code: string; name: string };
  subject: string;
  number: string | null;
  dated: string | null;
  classification: string;
  secrecy: Secrecy;
  urgency: Urgency;
  due_at: string | null;
  recipient: string;
  state: string;
  public_code: string;
  public_url: string;
  version: { id: string; ordinal: number; sha256: string | null; page_count: number | null } | null;
  created_by: { id: string; name: string };
  created_at: string;
  updated_at: string;
  signed: boolean;
  validated: boolean;
}

export interface ProblemRef {
  code: string;
  params: Record<string, unknown>;
  detail: string;
}

export type NewsTopic = "waits" | "returned" | "decided" | "reminders" | "digest";

/** How a person wants to be told. */
export interface Choices {
  topics: NewsTopic[];
  push: boolean;
  email: boolean;
  /** By the agency's clock, such as 21:00; null for none. */
  quiet: { start: string; end: string } | null;
  urgent_passes: boolean;
  /** null where no e-mail can be sent to them. */
  mailbox: string | null;
  digest_hour: number;
}

export interface Notice {
  id: string;
  kind: "your-turn" | "due-soon" | "overdue" | "late" | "digest" | "signed" | "returned" | "rejected" | "refused" | "not-validated" | "file-damaged" | "security" | "certificate-expires" | "seal";
  at: string;
  read: boolean;
  title: string;
  /** null where one may no longer read the paper. */
  subject: string | null;
  document_id: string | null;
  step_id: string | null;
  /** Of a security notice: what happened to whom; of a certificate that ends: whose, and when. */
  data: {
    event?: string;
    name?: string;
    own?: boolean;
    details?: Record<string, string>;
    person?: string;
    until?: string;
    /** Of the agency's seal: what is new, how many papers it sealed and how many it may. */
    news?: string;
    used?: number;
    most?: number;
    /** Of a summary: how many papers waited that morning. */
    waiting?: number;
    /** Of a reminder: the deadline. */
    due_at?: string;
  };
}
