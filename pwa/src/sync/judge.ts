/** What an answer means for the entry that was sent. Nothing counts as delivered but the expected answer. */

export type Act = "tick" | "initial" | "return" | "reject" | "sign";

/** An answer as it came over the line, whoever gave it. */
export interface Answer {
  status: number;
  /** Media type, without parameters. */
  type: string;
  /** The parsed JSON; undefined where it was none. */
  body: unknown;
  /** Milliseconds that the answer asks to wait. */
  retryAfter: number | null;
}

export interface Refusal {
  code: string;
  params: Record<string, unknown>;
  detail: string;
}

export type Verdict =
  | { kind: "delivered"; body: unknown }
  /** A true refusal: the person must see it. */
  | { kind: "refused"; problem: Refusal }
  /** The server is there and cannot now; only this entry waits. */
  | { kind: "later"; after: number | null }
  /** Nobody that we know answered: no line, or one that answers for itself. */
  | { kind: "no-line"; portal: boolean }
  /** The session is over or another's; nothing is sent until this person is back. */
  | { kind: "signed-out" };

export const PROBLEM = "application/problem+json";
const ANSWER = "application/json";
const ACCEPTED = 202;

/** Refusals that pass by themselves. */
const PASSING = new Set(["general/in-flight", "routing/signing-in-progress", "routing/outcome-unknown"]);
/** Refusals about the session, not about what was sent. */
const SESSION = new Set(["general/sign-in-required", "general/stale-page", "identity/session-ended", "identity/enrol-first"]);
/** Of a phone that was reported lost: kept for its owner to see, one by one. */
export const SET_APART = "offline/quarantined";
/** The same request was carried out before, and its answer was too long to be kept. */
const DONE_BEFORE = "general/already-done";

interface Sent {
  act: Act;
  step: string;
  document: string;
}

interface Shape {
  step_id?: unknown;
  items?: { document_id?: unknown; outcome?: unknown; problem?: Partial<Refusal> | null }[];
}

const refusal = (given: Partial<Refusal> | null | undefined): Refusal => ({
  code: given?.code ?? "client/unreadable",
  params: given?.params ?? {},
  detail: given?.detail ?? "",
});

/** A 200 or 202 of our own server, about this very paper; anything else with that status is somebody else's. */
function confirmed(sent: Sent, answer: Answer): Verdict {
  const body = answer.body as Shape | null;
  const portal: Verdict = { kind: "no-line", portal: true };
  if (typeof body !== "object" || body === null) return portal;
  if (sent.act !== "sign") return body.step_id === sent.step ? { kind: "delivered", body } : portal;
  if (!Array.isArray(body.items)) return portal;
  const item = body.items.find((one) => one.document_id === sent.document);
  if (!item) return portal;
  if (item.outcome === "refused") return { kind: "refused", problem: refusal(item.problem) };
  // Being signed still: what becomes of it is asked again, for the server may die of it.
  return answer.status === ACCEPTED && item.outcome === "signing" ? { kind: "later", after: answer.retryAfter } : { kind: "delivered", body };
}

export function judge(sent: Sent, answer: Answer): Verdict {
  const { status, type, body } = answer;
  if ((status === 200 || (status === ACCEPTED && sent.act === "sign")) && type === ANSWER) return confirmed(sent, answer);
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    return { kind: "later", after: answer.retryAfter };
  }
  const problem = refusal(body as Partial<Refusal> | null);
  // Portals and proxies refuse too; only a problem document of ours is a refusal.
  if (type !== PROBLEM || !problem.code.includes("/") || problem.code.startsWith("client/")) {
    return { kind: "no-line", portal: true };
  }
  if (SESSION.has(problem.code)) return { kind: "signed-out" };
  if (problem.code === DONE_BEFORE) return { kind: "delivered", body: undefined };
  if (PASSING.has(problem.code)) return { kind: "later", after: answer.retryAfter };
  return { kind: "refused", problem };
}
