/** Signing: the device's statement over the digests, the secrets sealed beside it, one post. */

import { post, read } from "../api/client.ts";
import { Problem, asProblem } from "../api/problem.ts";
import type { SigningAttempt, SigningReadiness, StepDetail } from "../api/types.ts";
import { deviceOf, nextSeq, signJws, type LocalDevice } from "../lib/device.ts";
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

export interface Secrets {
  passphrase: string;
  code: string;
}

/** Once it is on its way, a line that breaks says no more than silence: it may have been signed. */
function unanswered(error: unknown): never {
  const problem = asProblem(error);
  throw problem.offline ? new Problem("client/timeout") : problem;
}

/** Sends one Signature Activation Data object with its secrets. Never repeated by itself. */
export async function authorise(step: StepDetail, ready: SigningReadiness, secrets: Secrets): Promise<SigningAttempt> {
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
    credential: ready.credential?.thumbprint,
    provider: ready.provider,
    level: ready.level,
    documents: [
      {
        id: ready.document_id,
        step: step.step_id,
        version_sha256: ready.version_sha256,
        prepared_sha256: ready.prepared_sha256,
        action: "sign",
      },
    ],
    jwe_sha256: digest,
  });
  const { attempts } = await post<{ attempts: SigningAttempt[] }>(
    "/signing/authorisations",
    { sad, secrets: jwe },
    { key: jti, timeout: PATIENCE },
  ).catch(unanswered);
  const [attempt] = attempts;
  if (!attempt) throw new Problem("client/unreadable");
  return attempt;
}

export const readAttempt = (id: string): Promise<SigningAttempt> => read<SigningAttempt>(`/signing/attempts/${id}`);
