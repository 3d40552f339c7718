/**
 * A consent to sign, given without a line: stated by this device under a grant of the last sync, its secrets
 * sealed at once to the server's key. Nothing is signed before it arrives and is judged.
 */

import { Problem } from "../api/problem.ts";
import type { StepDetail } from "../api/types.ts";
import { nextSeq, signJws } from "../lib/device.ts";
import { get, ownKey, put } from "../lib/db.ts";
import { seal } from "../lib/seal.ts";
import { named, ownDevice, type Secrets } from "../store/signing.ts";
import { signedIn } from "../store/session.ts";
import { confirm } from "../lib/passkey.ts";
import { giveBack, grantsLeft, takeGrant } from "./grants.ts";
import * as held from "./held.ts";
import { submit, type Outcome } from "./outgoing.ts";

/** A code counts once, so the next consent waits for the next one (RFC 6238, steps of 30 s). */
const STEP = 30_000;
const stepNow = (): number => Math.floor(Date.now() / STEP);
const codeKey = (): string => ownKey(signedIn().person.id, "code");

export interface Ready {
  terms: held.Terms;
  code_wait_until: string | null;
  /** This phone's passkey, where it must recognise its owner. */
  passkey: string | null;
}

/** iOS clears what is not installed and not granted to stay; a consent must not be lost there. */
async function stays(): Promise<boolean> {
  const standalone = (navigator as { standalone?: boolean }).standalone;
  return standalone === undefined || (standalone && (await navigator.storage.persisted()));
}

/** Whether a consent may be given here and now. Throws why not; "locked" asks for the PIN first. */
export async function consentReady(step: StepDetail): Promise<Ready | "locked"> {
  const device = await ownDevice();
  const policy = await held.policy();
  if (!policy?.signing || !policy.secrecies.includes(step.secrecy)) throw new Problem("client/no-offline-signing");
  if (held.vaultState.peek() === "locked") return "locked";
  const found = await held.paper(step.step_id);
  const terms = found && found !== "not-kept" ? found.terms : null;
  if (!terms?.credential || !(terms.item.prepared_sha256 ?? terms.item.input_sha256)) throw new Problem("client/not-provided");
  if (terms.item.version_sha256 !== step.version.sha256) throw new Problem("client/not-provided");
  const passkey = policy.passkey === "never" ? null : (device.passkey?.id ?? null);
  if (policy.passkey === "always" && !passkey) throw new Problem("identity/passkey-missing");
  // A service that sends its code cannot send it here.
  if (terms.activation !== "passphrase") throw new Problem("client/no-offline-signing");
  if (!(await grantsLeft()) || !(await held.activationKey())) throw new Problem("client/no-grants");
  if (!(await stays())) throw new Problem("client/install-first");
  const used = await get<number>("offline", codeKey());
  return { terms, passkey, code_wait_until: used === stepNow() ? new Date((used + 1) * STEP).toISOString() : null };
}

export async function consent(step: StepDetail, { terms, passkey }: Ready, secrets: Secrets): Promise<Outcome> {
  const { person } = signedIn();
  const [device, grant, key] = [await ownDevice(), await takeGrant(), await held.activationKey()];
  if (!grant || !key) throw new Problem("client/no-grants");
  const code = stepNow();
  const jti = crypto.randomUUID();
  const { jwe, digest } = await seal({ ...secrets }, jti, key);
  const now = Math.floor(Date.now() / 1000);
  const sad = await signJws(device, "sad+jwt", {
    aud: location.origin,
    sub: person.id,
    jti,
    iat: now,
    claimed_at: now,
    skew: grant.skew,
    seq: await nextSeq(person.id),
    grant: grant.grant,
    credential: terms.credential?.thumbprint,
    provider: terms.provider,
    level: terms.level,
    documents: named(terms, [terms.item]),
    jwe_sha256: digest,
  });
  const confirmed = passkey ? await confirm(passkey, sad).catch((error: unknown) => giveBack(grant).then(() => Promise.reject(error))) : null;
  await put("offline", codeKey(), code);
  const body = { sad, secrets: jwe, ...(confirmed && { passkey: confirmed }) };
  return submit({ id: jti, act: "sign", step, path: "/sync/authorisations", body });
}
