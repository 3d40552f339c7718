/** Passkeys (WebAuthn level 3): this phone's word that it recognised its owner, about one statement alone. */

import { Problem } from "../api/problem.ts";
import { base64url, fromBase64url, utf8 } from "./bytes.ts";
import type { LocalPasskey } from "./device.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Confirmation {
  credential_id: string;
  client_data: string;
  authenticator_data: string;
  signature: string;
}

export interface Made extends LocalPasskey {
  client_data: string;
  attestation: string;
}

const NAME = "Centang";
/** ES256, EdDSA, RS256: what phones and laptops make. */
const ALGORITHMS = [-7, -8, -257];
const PATIENCE = 120_000;

export const canHavePasskeys = (): boolean => typeof PublicKeyCredential !== "undefined" && !/^[\d.]+$|:/.test(location.hostname);

/** Of a compact JWS without its signature, so that it confirms this statement and no other. */
const challengeOf = (statement: string): Promise<ArrayBuffer> =>
  crypto.subtle.digest("SHA-256", utf8(statement.slice(0, statement.lastIndexOf("."))));

function refuse(error: unknown): never {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") throw new Problem("client/passkey-dismissed");
  if (name === "InvalidStateError") throw new Problem("identity/passkey-exists");
  throw new Problem("client/passkey-unsupported");
}

/** A passkey for this device; prefers the device's own authenticator, and always asks who is there. */
export async function createPasskey(statement: string, user: { name: string; displayName: string }): Promise<Made> {
  const publicKey = {
    rp: { name: NAME },
    user: { ...user, id: crypto.getRandomValues(new Uint8Array(32)) },
    challenge: await challengeOf(statement),
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key" as const, alg })),
    authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
    attestation: "none",
    hints: ["client-device"],
    extensions: { prf: {} },
    timeout: PATIENCE,
  } as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey }).catch(refuse)) as PublicKeyCredential;
  const { clientDataJSON, attestationObject } = made.response as AuthenticatorAttestationResponse;
  const { prf } = made.getClientExtensionResults();
  return {
    id: base64url(made.rawId),
    prf: prf?.enabled ?? false,
    client_data: base64url(clientDataJSON),
    attestation: base64url(attestationObject),
  };
}

async function ask(id: string, challenge: BufferSource, extensions?: object): Promise<PublicKeyCredential> {
  const publicKey = {
    challenge,
    allowCredentials: [{ type: "public-key" as const, id: fromBase64url(id) }],
    userVerification: "required" as const,
    timeout: PATIENCE,
    ...(extensions && { extensions }),
  };
  return (await navigator.credentials.get({ publicKey }).catch(refuse)) as PublicKeyCredential;
}

/** Its owner means this statement. Works without a line. */
export async function confirm(id: string, statement: string): Promise<Confirmation> {
  const said = await ask(id, await challengeOf(statement));
  const { clientDataJSON, authenticatorData, signature } = said.response as AuthenticatorAssertionResponse;
  return {
    credential_id: base64url(said.rawId),
    client_data: base64url(clientDataJSON),
    authenticator_data: base64url(authenticatorData),
    signature: base64url(signature),
  };
}

/** 32 bytes that only this passkey makes of this salt, after it recognised its owner. */
export async function secretOf(id: string, salt: Bytes): Promise<BufferSource> {
  const said = await ask(id, crypto.getRandomValues(new Uint8Array(32)), { prf: { eval: { first: salt } } });
  const first = said.getClientExtensionResults().prf?.results?.first;
  if (!first) throw new Problem("client/passkey-cannot-open");
  return first;
}
