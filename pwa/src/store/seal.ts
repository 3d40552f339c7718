/** The agency's seal as its custodian sees it; every consent is stated by this device. */

import { post } from "../api/client.ts";
import { nextSeq, signJws } from "../lib/device.ts";
import { seal } from "../lib/seal.ts";
import { epoch } from "./network.ts";
import { signedIn } from "./session.ts";
import { ownDevice } from "./signing.ts";

export interface SealStanding {
  state: "none" | "to-join" | "waiting" | "idle" | "proposed" | "active";
  custodians: string[];
  activation: { id: string; mine: boolean; ends_at: string; documents: number; used: number } | null;
  waiting: number;
}

export type SealConsent =
  | { purpose: "join" }
  | { purpose: "activate"; activation: string | null; ends_at: number; documents: number };

export async function consentToSeal(consent: SealConsent, secrets: { passphrase: string; code: string }): Promise<void> {
  const { person } = signedIn();
  const device = await ownDevice();
  const jti = crypto.randomUUID();
  const { jwe, digest } = await seal({ ...secrets }, jti);
  const statement = await signJws(device, "seal+jwt", {
    aud: location.origin,
    sub: person.id,
    jti,
    iat: epoch(),
    seq: await nextSeq(person.id),
    ...consent,
    jwe_sha256: digest,
  });
  const path = consent.purpose === "join" ? "/seal/join" : "/seal/activations";
  await post(path, { statement, secrets: jwe }, { key: jti, timeout: 60_000 });
}
