/** The signed claim in a paper's code, and the signed list of what became of all papers. See docs/adr/0025. */

import { decode, isTagged, toBeSigned, type Cbor } from "./cbor.ts";

export interface Claim {
  number: string | null;
  subject: string | null;
  signer: string;
  position: string;
  /** Days since 1970. */
  dated: number | null;
  length: number;
  digest: Uint8Array;
  index: number;
}

export interface Issued {
  claim: Claim;
  /** Seconds since 1970. */
  at: number;
}

export type Status = "valid" | "revoked" | "not-issued" | "superseded";

export interface StatusList {
  /** Seconds since 1970. */
  at: number;
  statuses: Uint8Array;
}

export type Jwk = JsonWebKey & { kid: string };

/** Not made by one of these keys for this address. */
export class Forged extends Error {}
/** Made by a key, or in a version, that this phone does not know yet. */
export class Unknown extends Error {}

const [ALG, KID, TYP, ES256, SIGN1] = [1, 4, 16, -7, 18];
const [ISSUED_AT, CLAIM, SUBJECT, STATUS_LIST] = [6, -65537, 2, 65533];
const LIST_TYPE = "application/statuslist+cwt";
const STATUSES: Status[] = ["valid", "revoked", "not-issued", "superseded"];
const WIDTHS = [0, 3, 5, 8, 10, 13, 15, 17];
const CHUNK = 17;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The token in a fragment: seven bytes in seventeen digits, after the version of the packing. */
export function unpack(fragment: string): Uint8Array<ArrayBuffer> {
  if (!/^\d+$/.test(fragment)) throw new Forged("no digits");
  if (!fragment.startsWith("1")) throw new Unknown("a newer packing");
  const digits = fragment.slice(1);
  const bytes: number[] = [];
  for (let at = 0; at < digits.length; at += CHUNK) {
    const part = digits.slice(at, at + CHUNK);
    const count = WIDTHS.indexOf(part.length);
    let value = BigInt(part);
    if (count < 1 || value >> BigInt(8 * count)) throw new Forged("not whole bytes");
    const chunk: number[] = [];
    for (let i = 0; i < count; i++, value >>= 8n) chunk.unshift(Number(value & 255n));
    bytes.push(...chunk);
  }
  return Uint8Array.from(bytes);
}

function opened(message: Uint8Array<ArrayBuffer>) {
  try {
    const tagged = decode(message);
    if (!isTagged(tagged) || tagged.tag !== SIGN1 || !Array.isArray(tagged.value)) throw new Error("no COSE_Sign1");
    const [protectedHeader, , payload, signature] = tagged.value.map(bytesOf);
    if (!protectedHeader || !payload || !signature) throw new Error("something is missing");
    const header = decode(protectedHeader);
    if (!(header instanceof Map)) throw new Error("no header");
    return { header, protectedHeader, payload, signature };
  } catch {
    throw new Forged("unreadable");
  }
}

const bytesOf = (item: Cbor): Uint8Array<ArrayBuffer> | undefined => (item instanceof Uint8Array ? item : undefined);

/** The claims set of a COSE_Sign1 that one of the keys made. */
async function verified(message: Uint8Array<ArrayBuffer>, keys: Jwk[], aad: Uint8Array, typ?: string): Promise<Map<Cbor, Cbor>> {
  const { header, protectedHeader, payload, signature } = opened(message);
  if (header.get(ALG) !== ES256 || header.get(TYP) !== typ) throw new Forged("another message");
  const kid = header.get(KID);
  if (!(kid instanceof Uint8Array)) throw new Forged("names no key");
  const name = btoa(String.fromCharCode(...kid)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const known = keys.filter((key) => key.kid === name);
  if (!known.length) throw new Unknown("an unknown key");
  const signed = toBeSigned(protectedHeader, aad, payload);
  const how = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  for (const { kty, crv, x, y } of known) {
    const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y } as JsonWebKey, how, false, ["verify"]);
    if (!(await crypto.subtle.verify(how, key, signature, signed))) continue;
    const found = decode(payload);
    if (found instanceof Map) return found;
  }
  throw new Forged("the signature does not hold");
}

/** The claim of a scanned address. Throws Forged or Unknown. */
export async function readClaim(address: URL, keys: Jwk[]): Promise<Issued> {
  const token = unpack(address.hash.slice(1));
  const payload = await verified(token, keys, utf8(address.origin + address.pathname));
  const [fields, at] = [payload.get(CLAIM), payload.get(ISSUED_AT)];
  if (!Array.isArray(fields) || typeof at !== "number") throw new Forged("no claim");
  if (fields[0] !== 1) throw new Unknown("a newer claim");
  const [, number, subject, signer, position, dated, length, digest, index] = fields;
  return { claim: { number, subject, signer, position, dated, length, digest, index } as Claim, at };
}

/** The list, unpacked. Throws Forged or Unknown. */
export async function readList(message: Uint8Array<ArrayBuffer>, address: string, keys: Jwk[]): Promise<StatusList> {
  const payload = await verified(message, keys, new Uint8Array(), LIST_TYPE);
  const [at, listed] = [payload.get(ISSUED_AT), payload.get(STATUS_LIST)];
  if (payload.get(SUBJECT) !== address || !(listed instanceof Map) || listed.get("bits") !== 2) throw new Forged("another list");
  const packed = new Blob([listed.get("lst") as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("deflate"));
  return { at: at as number, statuses: new Uint8Array(await new Response(packed).arrayBuffer()) };
}

/** What the list says of an index; undefined where it is too short to say anything. */
export function statusOf({ statuses }: StatusList, index: number): Status | undefined {
  const byte = statuses[index >> 2];
  return byte === undefined ? undefined : STATUSES[(byte >> (2 * (index & 3))) & 3];
}
