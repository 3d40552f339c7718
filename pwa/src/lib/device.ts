/** The device's own signing key: P-256, made here, never extractable, one for each person. */

import { base64url, utf8 } from "./bytes.ts";
import { all, get, put, remove, update } from "./db.ts";

export interface PublicJwk {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
}

export interface LocalDevice {
  personId: string;
  id: string;
  thumbprint: string;
  key: CryptoKey;
  /** User names this person signed in with on this browser. */
  logins: string[];
  /** The last activation's sequence number; the server refuses one it has seen. */
  seq: number;
  passkey?: LocalPasskey;
}

/** What this browser remembers of the passkey on this device. */
export interface LocalPasskey {
  /** base64url. */
  id: string;
  /** Whether it can also make a secret of its own (the PRF extension), to open what lies here. */
  prf: boolean;
}

export interface FreshKey {
  key: CryptoKey;
  publicJwk: PublicJwk;
  thumbprint: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export async function createKey(): Promise<FreshKey> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const publicJwk: PublicJwk = { kty: "EC", crv: "P-256", x: x as string, y: y as string };
  return { key: pair.privateKey, publicJwk, thumbprint: await thumbprint(publicJwk) };
}

/** RFC 7638: the members in alphabetical order, no spaces. */
export async function thumbprint({ crv, kty, x, y }: PublicJwk): Promise<string> {
  return base64url(await crypto.subtle.digest("SHA-256", utf8(JSON.stringify({ crv, kty, x, y }))));
}

/** A compact JWS, ES256. WebCrypto's signature is already r‖s, as RFC 7518 §3.4 wants it. */
export async function signJws(
  by: { key: CryptoKey; thumbprint: string },
  typ: string,
  payload: object,
  header: object = {},
): Promise<string> {
  const part = (value: object) => base64url(utf8(JSON.stringify(value)));
  const input = `${part({ alg: "ES256", typ, kid: by.thumbprint, ...header })}.${part(payload)}`;
  const signature = await crypto.subtle.sign(ALGORITHM, by.key, utf8(input));
  return `${input}.${base64url(signature)}`;
}

export const deviceOf = (personId: string): Promise<LocalDevice | undefined> =>
  get<LocalDevice>("devices", personId);

export async function deviceForLogin(login: string): Promise<LocalDevice | undefined> {
  const wanted = login.trim().toLowerCase();
  return (await all<LocalDevice>("devices")).find((device) => device.logins.includes(wanted));
}

export const keepDevice = (device: LocalDevice): Promise<unknown> =>
  put("devices", device.personId, device);

export const rememberPasskey = (personId: string, passkey: LocalPasskey | undefined): Promise<LocalDevice | undefined> =>
  update<LocalDevice | undefined>("devices", personId, (device) => {
    const { passkey: _, ...rest } = device ?? ({} as LocalDevice);
    return device && { ...rest, ...(passkey && { passkey }) };
  });

export const forgetDevice = (personId: string): Promise<unknown> => remove("devices", personId);

export const rememberLogin = (personId: string, login: string): Promise<LocalDevice> =>
  update<LocalDevice>("devices", personId, (device) => ({
    ...device,
    logins: [...new Set([...device.logins, login.trim().toLowerCase()])],
  }));

/** The next sequence number, taken once even when two tabs ask together. */
export async function nextSeq(personId: string): Promise<number> {
  const device = await update<LocalDevice>("devices", personId, (old) => ({
    ...old,
    seq: Math.max(old.seq + 1, Math.floor(Date.now() / 1000)),
  }));
  return device.seq;
}

/** What to call this device in lists: system and browser, nothing more. */
export function deviceName(agent = navigator.userAgent): string {
  const system = /iPhone|iPad/.test(agent)
    ? "iPhone/iPad"
    : (/Android[^;)]*; ([^;)]+?)(?: Build|[;)])/.exec(agent)?.[1] ??
      (/Android/.test(agent)
        ? "Android"
        : /Windows/.test(agent)
          ? "Windows"
          : /Mac OS/.test(agent)
            ? "Mac"
            : "Linux"));
  const browser = /Edg\//.test(agent)
    ? "Edge"
    : /Firefox\//.test(agent)
      ? "Firefox"
      : /Chrome\//.test(agent)
        ? "Chrome"
        : /Safari\//.test(agent)
          ? "Safari"
          : "";
  return [system === "K" ? "Android" : system, browser].filter(Boolean).join(", ");
}
