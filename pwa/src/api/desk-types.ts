/** What the API answers to operators. Times are RFC 3339 in UTC, lengths are points. */

import type { DocumentSummary, PageImage, ProblemRef, Rendition, StepAction, StepState, Urgency, Secrecy } from "./types.ts";

export type Shelf = "draft" | "running" | "returned" | "finished";
export type NumberMode = "reserved" | "stamp" | "none";

export interface Refusal extends ProblemRef {
  title: string;
}

export interface VersionSummary {
  id: string;
  ordinal: number;
  state: "examining" | "ready" | "refused";
  sha256: string | null;
  filename: string;
  page_count: number;
  current: boolean;
  refusal: Refusal | null;
}

export interface Paper extends Omit<DocumentSummary, "version"> {
  number_mode: NumberMode;
  version: VersionSummary | null;
}

export interface Version extends Omit<VersionSummary, "current"> {
  document_id: string;
  size: number | null;
  findings: { code: string; params: Record<string, unknown> }[];
  anchors: Record<string, { page: number; x: number; y: number }[]>;
  pages: PageImage[];
}

export interface PositionShown {
  id: string;
  title: string;
  unit_id: string;
  unit_name: string;
  holder: { person_id: string; name: string; capacity: string } | null;
  can_sign: boolean;
}

export interface RouteStep {
  id: string;
  ordinal: number;
  action: StepAction;
  state: StepState;
  position_id: string;
  position_title: string;
  holder_name: string | null;
  due_at: string | null;
}

export interface Route {
  document_id: string;
  document_state: string;
  revision: number;
  round: number;
  queued: boolean;
  /** The version this round is about; null while it is being drawn. */
  version_id: string | null;
  steps: RouteStep[];
  warnings: { ordinal: number; code: "no-holder" | "no-certificate" | "due-order"; params: Record<string, unknown>; detail: string }[];
}

export interface PlacementCheck {
  code: "qr-readable" | "clear-of-stamp" | "covers-no-text" | "covers-no-block";
  ok: boolean;
  params: Record<string, unknown>;
}

/** A place for an appearance, from the left and the bottom of the page as displayed. */
export interface Place {
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placement extends Place {
  ordinal: number;
  /** By the operator; otherwise in free space. */
  placed: boolean;
  anchor: string | null;
  checks: PlacementCheck[];
}

export interface NewPaper {
  unit_id: string;
  type_code: string;
  subject: string;
  classification: string;
  secrecy: Secrecy;
  urgency: Urgency;
  due_at: string | null;
  recipient: string;
  number_mode: NumberMode;
  number_id: string | null;
}

export interface ReferenceNumber {
  id: string;
  text: string;
  state: "reserved" | "used" | "void";
  dated: string;
}

export type { PageImage, Rendition };
