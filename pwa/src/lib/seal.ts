/** Secrets on their way to the server: readable by its activation key alone, bound to one statement. */

import { CompactEncrypt, importJWK } from "jose";
import { read } from "../api/client.ts";
import type { ActivationKey } from "../api/signing-types.ts";
import { sha256, utf8 } from "./bytes.ts";

export interface Sealed {
  jwe: string;
  /** SHA-256 of the compact form, hex; stands in the statement. */
  digest: string;
}

/** A JWE (RFC 7516) whose protected header names the statement it belongs to. */
export async function seal(secrets: Record<string, string>, statementId: string, to?: ActivationKey): Promise<Sealed> {
  const { kid, jwk } = to ?? (await read<ActivationKey>("/signing/activation-key"));
  const jwe = await new CompactEncrypt(utf8(JSON.stringify(secrets)))
    .setProtectedHeader({
      alg: "ECDH-ES+A256KW",
      enc: "A256GCM",
      kid,
      typ: "centang-secrets+json",
      sad_jti: statementId,
    })
    .encrypt(await importJWK(jwk, "ECDH-ES+A256KW"));
  return { jwe, digest: await sha256(utf8(jwe)) };
}
