import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { base64url, fingerprint, fromBase64url, sha256, utf8 } from "../src/lib/bytes.ts";
import { createKey, deviceForLogin, deviceName, keepDevice, nextSeq, signJws, thumbprint } from "../src/lib/device.ts";

const device = async (personId: string, login: string) => {
  const { key, thumbprint: print } = await createKey();
  const record = { personId, id: `device of ${personId}`, thumbprint: print, key, logins: [login], seq: 0 };
  await keepDevice(record);
  return record;
};

describe("device key", () => {
  it("never lets the private key out", async () => {
    const { key } = await createKey();
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("jwk", key)).rejects.toThrow();
  });

  it("has the thumbprint that RFC 7638 gives", async () => {
    // The EC key of RFC 7517 appendix A.1; its digest computed independently.
    const jwk = {
      kty: "EC",
      crv: "P-256",
      x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
      y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    } as const;
    expect(await thumbprint(jwk)).toBe("cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
  });

  it("signs statements that its public key verifies", async () => {
    const { key, publicJwk, thumbprint: print } = await createKey();
    const jws = await signJws({ key, thumbprint: print }, "tick+jwt", { step: "1" });
    const [header, payload, signature] = jws.split(".") as [string, string, string];
    const read = (part: string) => JSON.parse(new TextDecoder().decode(fromBase64url(part)));
    expect(read(header)).toEqual({ alg: "ES256", typ: "tick+jwt", kid: print });
    expect(read(payload)).toEqual({ step: "1" });
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const verifier = await crypto.subtle.importKey("jwk", publicJwk, algorithm, false, ["verify"]);
    const input = utf8(`${header}.${payload}`);
    expect(await crypto.subtle.verify(algorithm, verifier, fromBase64url(signature), input)).toBe(true);
  });

  it("is found by the name its person signs in with, and by nobody else's", async () => {
    await device("a", "ratna");
    await device("b", "budi");
    expect((await deviceForLogin(" Ratna "))?.personId).toBe("a");
    expect(await deviceForLogin("siti")).toBeUndefined();
  });

  it("never gives a sequence number twice, even to two tabs at once", async () => {
    await device("c", "c");
    const numbers = await Promise.all(Array.from({ length: 8 }, () => nextSeq("c")));
    expect(new Set(numbers).size).toBe(8);
  });

  it("is named after system and browser", () => {
    expect(deviceName("Mozilla/5.0 (Linux; Android 14; SM-A155F) Chrome/126.0 Mobile Safari/537.36")).toBe("SM-A155F, Chrome");
    expect(deviceName("Mozilla/5.0 (Linux; Android 10; K) Chrome/126.0 Mobile Safari/537.36")).toBe("Android, Chrome");
    expect(deviceName("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1")).toBe("iPhone/iPad, Safari");
  });
});

describe("bytes", () => {
  it("round-trips base64url", () => {
    const bytes = Uint8Array.from([251, 255, 0, 62, 63]);
    expect(fromBase64url(base64url(bytes))).toEqual(bytes);
  });

  it("digests and abbreviates", async () => {
    const digest = await sha256(utf8("abc"));
    expect(digest).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(fingerprint(digest)).toBe("BA78\u200916BF");
  });
});
