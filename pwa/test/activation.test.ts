import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SigningReadiness } from "../src/api/signing-types.ts";
import type { Session, StepDetail } from "../src/api/types.ts";
import { put } from "../src/lib/db.ts";
import { createKey, keepDevice } from "../src/lib/device.ts";
import { session } from "../src/store/session.ts";
import { authorise } from "../src/store/signing.ts";

const RATNA = { person: { id: "p1" }, csrf: "c1" } as Session;
const STEP = { step_id: "s1" } as StepDetail;
const READY = { document_id: "d1", step_id: "s1", version_sha256: "v", prepared_sha256: "p", credential: { thumbprint: "t" } } as unknown as SigningReadiness;
const JSON_TYPE = { "Content-Type": "application/json" };

beforeEach(async () => {
  const { key, thumbprint } = await createKey();
  await keepDevice({ personId: "p1", id: "phone", thumbprint, key, logins: [], seq: 0 });
  await put("session", "current", RATNA);
  session.value = RATNA;
  vi.stubGlobal("location", { origin: "https://centang.contoh.example" });
});
afterEach(() => vi.unstubAllGlobals());

/** What the person is told when the server, or somebody in between, answers the consent like this. */
async function told(answer: () => Response): Promise<string> {
  const { publicKey } = (await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"])) as CryptoKeyPair;
  const key = { kid: "k", jwk: await crypto.subtle.exportKey("jwk", publicKey) };
  vi.stubGlobal("fetch", async (url: string) =>
    url.endsWith("/activation-key") ? new Response(JSON.stringify(key), { headers: JSON_TYPE }) : answer(),
  );
  return authorise(STEP, READY, { passphrase: "frasa", code: "123456" }).then(({ state }) => state, ({ code }: { code: string }) => code);
}

describe("a consent that was sent", () => {
  it("is open after any answer that cannot be the server's whole one: it may have been carried out", async () => {
    const whole = JSON.stringify({ attempts: [{ state: "finished" }] });
    expect(await told(() => new Response(whole, { headers: JSON_TYPE }))).toBe("finished");
    const half = () => new Response(whole.slice(0, 20), { headers: JSON_TYPE });
    const page = (status: number) => () => new Response("<title>WiFi</title>", { status, headers: { "Content-Type": "text/html" } });
    const portal = () => new Response('{"login": true}', { headers: JSON_TYPE });
    for (const answer of [half, page(200), page(403), page(502), portal]) expect(await told(answer)).toBe("client/unanswered");
  });

  it("is refused where the server says so", async () => {
    const refused = () => new Response('{"code": "signing/wrong-passphrase"}', { status: 422, headers: { "Content-Type": "application/problem+json" } });
    expect(await told(refused)).toBe("signing/wrong-passphrase");
  });
});
