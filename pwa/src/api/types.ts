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

/** Where a signing service puts the block, and which picture of it. */
export interface Placement {
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
  tag: string | null;
  picture_sha256: string;
}

/** The passphrase, or a code that the national service sends the signer when asked to. */
export type Activation = "passphrase" | "service-code";

/** Whether a step can be signed now, and everything the sheet must say before it asks for secrets. */
export interface SigningReadiness {
  ready: boolean;
  problem: ProblemRef | null;
  document_id: string;
  version_sha256: string;
  prepared_sha256: string;
  /** Instead, where a service makes its own field: the file it is given, and the block's place. */
  input_sha256?: string | null;
  placement?: Placement | null;
  credential: { thumbprint: string; issuer: string; not_after: string | null } | null;
  provider: string;
  /** What to ask for beside the code of this house. */
  activation: Activation;
  level: string;
  mandate_id: string;
  capacity: string;
  decree_number: string | null;
  ends_at: string | null;
  tries_left: number | null;
  code_wait_until: string | null;
  /** This device's passkey, where the agency asks it to confirm. */
  passkey: string | null;
}

/** Where the own block stands in the file that would be signed; the picture is drawn a moment later. */
export interface Appearance {
  prepared_sha256: string;
  page: number;
  page_width: number;
  page_height: number;
  /** Points from the left and bottom of the page; null where the signature will not be seen. */
  place: { x: number; y: number; width: number; height: number } | null;
  image: { url: string; type: string; sha256: string } | null;
}

export interface SigningAttempt {
  id: string;
  document_id: string;
  step_id: string;
  state: "accepted" | "finished" | "failed" | "unknown";
  signed_at: string | null;
  problem: ProblemRef | null;
}

/** One paper of a bulk preflight. */
export interface PreflightItem {
  step_id: string;
  document_id: string;
  number: string | null;
  subject: string;
  unit_name: string;
  type_name: string;
  mandate_id: string | null;
  capacity: string | null;
  version_sha256: string | null;
  prepared_sha256: string | null;
  input_sha256?: string | null;
  placement?: Placement | null;
  /** Where a kind of paper asks for another level than the rest. */
  level?: string;
  ready: boolean;
  problem: ProblemRef | null;
  ticked_at: string | null;
}

/** Whether the person can sign at all, and each paper's own answer. */
export interface Preflights {
  ready: boolean;
  problem: ProblemRef | null;
  credential: { thumbprint: string; issuer: string; not_after: string | null } | null;
  provider: string;
  /** What to ask for beside the code of this house. */
  activation: Activation;
  level: string;
  tries_left: number | null;
  code_wait_until: string | null;
  /** This device's passkey, where the agency asks it to confirm. */
  passkey: string | null;
  items: PreflightItem[];
}

export interface BatchSummary {
  id: string;
  state: "running" | "paused" | "finished";
  total: number;
  done: number;
  failed: number;
  unknown: number;
  remaining: number;
  created_at: string;
  finished_at: string | null;
  /** Why it paused. */
  problem: ProblemRef | null;
}

export type BatchItemState = "waiting" | "signing" | "done" | "failed" | "unknown";

export interface BatchItem {
  document_id: string;
  step_id: string;
  number: string | null;
  subject: string;
  state: BatchItemState;
  signed_at: string | null;
  problem: ProblemRef | null;
}

export interface Batch extends BatchSummary {
  items: BatchItem[];
}

export interface ActivationKey {
  kid: string;
  jwk: JsonWebKey;
  expires_at: string;
}

export interface Credential {
  state: "none" | "to-create" | "active" | "suspended" | "locked" | "expired";
  certificate: {
    id: string;
    subject: string;
    issuer: string;
    serial: string;
    not_before: string;
    not_after: string;
    thumbprint: string;
  } | null;
  tries_left: number | null;
  locked_until: string | null;
  /** Two officers agreed: a new key can be made, also while an older one still works. */
  may_create: boolean;
  /** It ends soon, and its holder may make the next one alone. */
  may_renew: boolean;
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

/** Of one of the person's devices: the device recognises its owner. */
export interface Passkey {
  id: string;
  device_id: string;
  credential_id: string;
  enrolled_at: string;
  last_used_at: string;
  /** Its maker copies it to its owner's other devices. */
  backed_up: boolean;
}
