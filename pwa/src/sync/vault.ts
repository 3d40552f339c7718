/**
 * What the phone holds is sealed to a key of its own, whose private half only the person's PIN opens.
 * Sealing needs no PIN, so that papers can come in while the screen is off; reading does.
 *
 * Each page load makes one ephemeral key (ECDH P-256, HKDF-SHA256, AES-256-GCM); a record's name is
 * bound to it. The private half lies under AES-256-GCM with a key from PBKDF2-SHA256 over the PIN; and,
 * if the person wants it so, under another from a secret that only this phone's passkey makes.
 */

import { utf8 } from "../lib/bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Sealed {
  /** The ephemeral public key, raw. */
  by: ArrayBuffer;
  iv: Bytes;
  text: ArrayBuffer;
}

export interface VaultRecord {
  /** Raw public key that everything is sealed to. */
  to: ArrayBuffer;
  salt: Bytes;
  rounds: number;
  iv: Bytes;
  wrapped: ArrayBuffer;
  /** Wrong PINs since the last right one, and until when the next must wait; epoch milliseconds. */
  failures: number;
  until: number;
  /** The same private half, where this phone's passkey opens it as well. */
  passkey?: PasskeyLock;
}

export interface PasskeyLock {
  /** Of the credential, base64url. */
  id: string;
  /** What its secret is made of (the PRF extension's input). */
  salt: Bytes;
  iv: Bytes;
  wrapped: ArrayBuffer;
}

/** OWASP's 2023 figure for PBKDF2-HMAC-SHA256. */
export const ROUNDS = 600_000;
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const AES = { name: "AES-GCM", length: 256 };
const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

async function pinKey(pin: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  const given = await crypto.subtle.importKey("raw", utf8(pin.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, given, AES, false, ["encrypt", "decrypt"]);
}

export async function createVault(pin: string, rounds = ROUNDS): Promise<VaultRecord> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const [salt, iv] = [random(16), random(12)];
  const secret = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await pinKey(pin, salt, rounds), secret);
  const to = await crypto.subtle.exportKey("raw", pair.publicKey);
  return { to, salt, rounds, iv, wrapped, failures: 0, until: 0 };
}

/** The private key, for this page's memory only; null when the PIN is another. */
export async function openVault({ salt, rounds, iv, wrapped }: VaultRecord, pin: string): Promise<CryptoKey | null> {
  const key = await pinKey(pin, salt, rounds);
  try {
    const secret = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, wrapped);
    return await crypto.subtle.importKey("pkcs8", secret, CURVE, false, ["deriveBits"]);
  } catch {
    return null;
  }
}

async function passkeyKey(secret: BufferSource): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("centang passkey 1") };
  return crypto.subtle.deriveKey(how, base, AES, false, ["encrypt", "decrypt"]);
}

export const freshSalt = (): Bytes => random(32);

/** Lets a passkey open it too. `secret`: what it makes of the salt. The PIN must be the right one. */
export async function lockByPasskey(record: VaultRecord, pin: string, id: string, salt: Bytes, secret: BufferSource): Promise<PasskeyLock> {
  const own = await pinKey(pin, record.salt, record.rounds);
  const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv: record.iv }, own, record.wrapped);
  const iv = random(12);
  return { id, salt, iv, wrapped: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await passkeyKey(secret), bytes) };
}

/** The private key by the passkey's secret; null when it is another's. */
export async function openByPasskey({ iv, wrapped }: PasskeyLock, secret: BufferSource): Promise<CryptoKey | null> {
  try {
    const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await passkeyKey(secret), wrapped);
    return await crypto.subtle.importKey("pkcs8", bytes, CURVE, false, ["deriveBits"]);
  } catch {
    return null;
  }
}

async function shared(own: CryptoKey, other: ArrayBuffer, salt: ArrayBuffer): Promise<CryptoKey> {
  const key = await crypto.subtle.importKey("raw", other, CURVE, false, []);
  const bits = await crypto.subtle.deriveBits({ name: "ECDH", public: key }, own, 256);
  const base = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: utf8("centang offline 1") };
  return crypto.subtle.deriveKey(how, base, AES, false, ["encrypt", "decrypt"]);
}

export type Seal = (name: string, content: Bytes | ArrayBuffer) => Promise<Sealed>;
export type Open = (name: string, sealed: Sealed) => Promise<ArrayBuffer>;

export async function sealer({ to }: Pick<VaultRecord, "to">): Promise<Seal> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const by = await crypto.subtle.exportKey("raw", pair.publicKey);
  const key = await shared(pair.privateKey, to, by);
  return async (name, content) => {
    const iv = random(12);
    const how = { name: "AES-GCM", iv, additionalData: utf8(name) };
    return { by, iv, text: await crypto.subtle.encrypt(how, key, content) };
  };
}

export function opener(secret: CryptoKey): Open {
  const keys = new Map<string, Promise<CryptoKey>>();
  return async (name, { by, iv, text }) => {
    const id = String(new Uint8Array(by));
    let key = keys.get(id);
    if (!key) keys.set(id, (key = shared(secret, by, by)));
    return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(name) }, await key, text);
  };
}

/** Wrong PINs before what is held is wiped; it is all still on the server. */
export const TRIES = 10;
const SECOND = 1_000;
const WAITS = [0, 0, 0, 30, 60, 300, 900, 3_600, 3_600, 3_600].map((seconds) => seconds * SECOND);
export const waitAfter = (failures: number): number => WAITS[failures] ?? 3_600 * SECOND;

/** How long the next PIN must wait; a clock that was set back never makes it longer than it was. */
export const waitLeft = ({ failures, until }: VaultRecord, now: number): number =>
  Math.max(0, Math.min(until - now, waitAfter(failures)));
