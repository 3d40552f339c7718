/** Signing: the device's statement over the digests, the secrets sealed beside it, one post. */

import { post, read } from "../api/client.ts";
import { Problem, asProblem } from "../api/problem.ts";
import type { Appearance, Batch, PreflightItem, Preflights, SigningAttempt, SigningReadiness } from "../api/signing-types.ts";
import type { ProblemRef, StepDetail } from "../api/types.ts";
import { deviceOf, nextSeq, signJws, type LocalDevice } from "../lib/device.ts";
import { confirm } from "../lib/passkey.ts";
import { seal } from "../lib/seal.ts";
import { epoch } from "./network.ts";
import { signedIn } from "./session.ts";

const PATIENCE = 60_000;

export async function ownDevice(): Promise<LocalDevice> {
  const device = await deviceOf(signedIn().person.id);
  if (!device) throw new Problem("client/no-device");
  return device;
}

/** Whether signing can succeed, asked before any secret is. */
export async function readiness(step: StepDetail): Promise<SigningReadiness> {
  await ownDevice();
  return read<SigningReadiness>(`/steps/${step.step_id}/signing`);
}

/** The same for many papers that one activation would sign. */
export async function readinessOf(steps: string[]): Promise<Preflights> {
  await ownDevice();
  return post<Preflights>("/signing/preflights", { steps });
}

/** Where the own block stands in the prepared file, and its picture. */
export const readAppearance = (stepId: string): Promise<Appearance> => read<Appearance>(`/steps/${stepId}/signing/appearance`);

export interface Secrets {
  passphrase: string;
  code: string;
}

/** With what, and at which level, this activation signs. */
type Terms = Pick<Preflights, "credential" | "provider" | "level" | "passkey">;
type Consented = Pick<PreflightItem, "document_id" | "step_id" | "version_sha256" | "prepared_sha256" | "input_sha256" | "placement" | "level">;

/** How the papers of a quarantined authorisation ended. */
export interface Confirmed {
  items: { step_id: string; outcome: "signed" | "signing" | "refused" | "unknown"; problem: ProblemRef | null }[];
}

interface Answer {
  attempts: SigningAttempt[];
  batch?: Batch | null;
}

/** Answers, or their absence, that leave open whether what was sent was carried out. */
const OPEN = [
  ...["client/offline", "client/timeout", "client/server", "general/internal", "signing/desk-silent"],
  // Somebody else's page, or an answer that was cut short.
  ...["client/unreadable", "client/unforeseen"],
];

/** Once it is on its way, a line that breaks says no more than silence: it may have been signed. */
function unanswered(error: unknown): never {
  const problem = asProblem(error);
  throw OPEN.includes(problem.code) ? new Problem("client/unanswered") : problem;
}

/** What a statement names of each paper. */
export const named = (terms: Pick<Terms, "level">, papers: Consented[]) =>
  papers.map((paper) => ({
    id: paper.document_id,
    step: paper.step_id,
    version_sha256: paper.version_sha256,
    ...(paper.input_sha256
      ? { input_sha256: paper.input_sha256, placement: paper.placement }
      : { prepared_sha256: paper.prepared_sha256 }),
    action: "sign",
    ...(paper.level && paper.level !== terms.level && { level: paper.level }),
  }));

/** One Signature Activation Data object with its secrets, and the passkey's word where it is asked for. */
async function authorisation(terms: Terms, papers: Consented[], secrets: Secrets) {
  const { person } = signedIn();
  const device = await ownDevice();
  const jti = crypto.randomUUID();
  const { jwe, digest } = await seal({ ...secrets }, jti);
  const sad = await signJws(device, "sad+jwt", {
    aud: location.origin,
    sub: person.id,
    jti,
    iat: epoch(),
    seq: await nextSeq(person.id),
    grant: null,
    credential: terms.credential?.thumbprint,
    provider: terms.provider,
    level: terms.level,
    documents: named(terms, papers),
    jwe_sha256: digest,
  });
  const passkey = terms.passkey ? await confirm(terms.passkey, sad) : null;
  return { jti, order: { sad, secrets: jwe, ...(passkey && { passkey }) } };
}

/** Never repeated by itself. */
async function activate(terms: Terms, papers: Consented[], secrets: Secrets, batch?: string): Promise<Answer> {
  const { jti, order } = await authorisation(terms, papers, secrets);
  const whole = { ...order, ...(batch && { batch }) };
  const answer = await post<Answer>("/signing/authorisations", whole, { key: jti, timeout: PATIENCE }).catch(unanswered);
  if (!Array.isArray(answer.attempts)) throw new Problem("client/unanswered");
  return answer;
}

/** Makes good what a lost phone of one's own had authorised, from this one. */
export async function confirmQuarantined(item: string, terms: Terms, papers: Consented[], secrets: Secrets): Promise<Confirmed> {
  const { jti, order } = await authorisation(terms, papers, secrets);
  return post<Confirmed>(`/quarantine/${item}/confirm`, order, { key: jti, timeout: PATIENCE }).catch(unanswered);
}

export async function authorise(step: StepDetail, ready: SigningReadiness, secrets: Secrets): Promise<SigningAttempt> {
  const { attempts } = await activate(ready, [{ ...ready, step_id: step.step_id }], secrets);
  const [attempt] = attempts;
  if (!attempt) throw new Problem("client/unreadable");
  return attempt;
}

/** Many papers with one passphrase and one code; `batch` is the paused one that this continues. */
export const authoriseMany = (found: Preflights, papers: PreflightItem[], secrets: Secrets, batch?: string): Promise<Answer> =>
  activate(found, papers, secrets, batch);

export const readAttempt = (id: string): Promise<SigningAttempt> => read<SigningAttempt>(`/signing/attempts/${id}`);
