/**
 * A consent to sign, given without a line: stated by this device under a grant of the last sync, its secrets
 * sealed at once to the server's key. Nothing is signed before it arrives and is judged.
 */

import { asProblem, Problem } from "../api/problem.ts";
import type { PreflightItem, Preflights } from "../api/signing-types.ts";
import type { StepDetail } from "../api/types.ts";
import { nextSeq, signJws, type LocalDevice } from "../lib/device.ts";
import { get, ownKey, put } from "../lib/db.ts";
import { seal } from "../lib/seal.ts";
import { named, ownDevice, type Secrets } from "../store/signing.ts";
import { serverNow } from "../store/network.ts";
import { signedIn } from "../store/session.ts";
import { confirm } from "../lib/passkey.ts";
import type { OfflinePolicy } from "./feed.ts";
import { giveBack, grantsLeft, takeGrant } from "./grants.ts";
import * as held from "./held.ts";

/** A code counts once, so the next consent waits for the next one (RFC 6238, steps of 30 s). */
const STEP = 30_000;
const stepNow = (): number => Math.floor(Date.now() / STEP);
const codeKey = (): string => ownKey(signedIn().person.id, "code");

/** What a phone holds, in the shape in which the server says it: with what, and each paper's own answer. */
export type Ready = Preflights;

/** iOS clears what is not installed and not granted to stay; a consent must not be lost there. */
async function stays(): Promise<boolean> {
  const standalone = (navigator as { standalone?: boolean }).standalone;
  return standalone === undefined || (standalone && (await navigator.storage.persisted()));
}

/** This phone's passkey, where it must recognise its owner. */
function passkeyOf({ passkey }: LocalDevice, policy: OfflinePolicy): string | null {
  const id = policy.passkey === "never" ? null : (passkey?.id ?? null);
  if (policy.passkey === "always" && !id) throw new Problem("identity/passkey-missing");
  return id;
}

/** What a signature of this paper would be over. Throws why it cannot be agreed to here. */
async function termsOf(step: StepDetail, policy: OfflinePolicy): Promise<held.Terms> {
  if (!policy.secrecies.includes(step.secrecy)) throw new Problem("client/no-offline-signing");
  const found = await held.paper(step.step_id);
  const terms = found && found !== "not-kept" ? found.terms : null;
  if (!terms?.credential || !(terms.item.prepared_sha256 ?? terms.item.input_sha256)) throw new Problem("client/not-provided");
  if (terms.item.version_sha256 !== step.version.sha256) throw new Problem("client/not-provided");
  // A service that sends its code cannot send it here.
  if (terms.activation !== "passphrase") throw new Problem("client/no-offline-signing");
  return terms;
}

const left = (step: StepDetail, problem: Problem): PreflightItem => ({
  ...{ step_id: step.step_id, document_id: step.document_id, number: step.number, subject: step.subject },
  ...{ unit_name: step.unit_name, type_name: step.type_name, mandate_id: step.mandate_id, capacity: step.capacity },
  ...{ version_sha256: step.version.sha256, prepared_sha256: null, ready: false, problem, ticked_at: step.ticked_at },
});

/**
 * Whether a consent about these papers may be given here and now, and about which. Throws why not; "locked"
 * asks for the PIN first.
 */
export async function consentReady(steps: StepDetail[]): Promise<Ready | "locked"> {
  const device = await ownDevice();
  const policy = await held.policy();
  if (!policy?.signing || !steps.some(({ secrecy }) => policy.secrecies.includes(secrecy))) throw new Problem("client/no-offline-signing");
  if (held.vaultState.peek() === "locked") return "locked";
  const passkey = passkeyOf(device, policy);
  const found = await Promise.all(steps.map((step) => termsOf(step, policy).catch(asProblem)));
  const first = found.find((one): one is held.Terms => !(one instanceof Problem));
  if (!first) throw found[0] as Problem;
  if (!(await grantsLeft()) || !(await held.activationKey())) throw new Problem("client/no-grants");
  if (!(await stays())) throw new Problem("client/install-first");
  const { item: _, ...terms } = first;
  const most = policy.documents_per_statement;
  let count = 0;
  const items = steps.map((step, i): PreflightItem => {
    const own = found[i] as held.Terms | Problem;
    if (own instanceof Problem) return left(step, own);
    // One statement names one key.
    if (own.credential?.thumbprint !== terms.credential?.thumbprint || own.provider !== terms.provider)
      return left(step, new Problem("client/not-provided"));
    if ((count += 1) > most) return left(step, new Problem("offline/too-many-documents", { params: { most } }));
    return { ...own.item, level: own.item.level ?? own.level, capacity: step.capacity ?? own.item.capacity, ready: true, problem: null };
  });
  const used = await get<number>("offline", codeKey());
  // The code changes by this phone's clock; everything that is shown goes by the server's.
  const changes = ((used ?? 0) + 1) * STEP - Date.now() + serverNow().getTime();
  const code_wait_until = used === stepNow() ? new Date(changes).toISOString() : null;
  return { ...terms, items, ready: true, problem: null, tries_left: null, passkey, code_wait_until };
}

const PATH = "/sync/authorisations";

/** Of each paper that a consent is about, what its outbox entry says. */
export function deeds(steps: StepDetail[], { items }: Ready, { jti, body }: Consent) {
  const agreed = new Set(items.filter(({ ready }) => ready).map(({ step_id }) => step_id));
  const papers = steps.filter(({ step_id }) => agreed.has(step_id));
  const name = papers.length > 1 ? { envelope: jti } : { id: jti };
  return papers.map((step) => ({ act: "sign" as const, step, path: PATH, body, ...name }));
}

export interface Consent {
  jti: string;
  body: object;
}

/** The statement about the papers that are ready, with its secrets beside it. Uses up a grant. */
export async function consent({ items, ...terms }: Ready, secrets: Secrets): Promise<Consent> {
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
    documents: named(terms, items.filter(({ ready }) => ready)),
    jwe_sha256: digest,
  });
  const { passkey } = terms;
  const confirmed = passkey ? await confirm(passkey, sad).catch((error: unknown) => giveBack(grant).then(() => Promise.reject(error))) : null;
  await put("offline", codeKey(), code);
  return { jti, body: { sad, secrets: jwe, ...(confirmed && { passkey: confirmed }) } };
}
