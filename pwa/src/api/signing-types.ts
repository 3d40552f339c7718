/** What the API answers about signing: readiness, batches, keys. Times are RFC 3339 in UTC. */

import type { ProblemRef } from "./types.ts";

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
