/** The own signing key: choosing or changing its passphrase, renewing it; sealed, stated by this device. */

import { post } from "../api/client.ts";
import { nextSeq, signJws } from "../lib/device.ts";
import { seal } from "../lib/seal.ts";
import { epoch } from "./network.ts";
import { signedIn } from "./session.ts";
import { ownDevice } from "./signing.ts";

export type Purpose = "create" | "change-passphrase" | "renew";

export interface PassphraseSecrets {
  passphrase: string;
  code: string;
  old_passphrase?: string;
}

const PATH: Record<Purpose, string> = {
  create: "/credential",
  "change-passphrase": "/credential/passphrase",
  renew: "/credential/renewal",
};

export async function choosePassphrase(purpose: Purpose, secrets: PassphraseSecrets): Promise<void> {
  const { person } = signedIn();
  const device = await ownDevice();
  const jti = crypto.randomUUID();
  const { jwe, digest } = await seal({ ...secrets }, jti);
  const statement = await signJws(device, "credential+jwt", {
    aud: location.origin,
    sub: person.id,
    jti,
    iat: epoch(),
    seq: await nextSeq(person.id),
    purpose,
    jwe_sha256: digest,
  });
  await post(PATH[purpose], { statement, secrets: jwe }, { key: jti, timeout: 60_000 });
}
