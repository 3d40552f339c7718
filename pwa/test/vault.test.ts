import { describe, expect, it, vi } from "vitest";
import { utf8 } from "../src/lib/bytes.ts";
import { createVault, freshSalt, lockByPasskey, openByPasskey, opener, openVault, ROUNDS, sealer, TRIES, waitAfter, waitLeft } from "../src/sync/vault.ts";

const QUICK = 1_000;
vi.setConfig({ testTimeout: 30_000 });
const text = (bytes: ArrayBuffer) => new TextDecoder().decode(bytes);

describe("what the phone holds", () => {
  it("is sealed without the PIN and read only with it", async () => {
    const vault = await createVault("481516", QUICK);
    const sealed = await (await sealer(vault))("step 1", utf8("Tarif retribusi pasar"));
    expect(text(sealed.text)).not.toContain("retribusi");
    expect(await openVault(vault, "481517")).toBeNull();
    const secret = (await openVault(vault, "481516")) as CryptoKey;
    expect(secret.extractable).toBe(false);
    expect(text(await opener(secret)("step 1", sealed))).toBe("Tarif retribusi pasar");
  });

  it("is opened by the passkey's secret as well, and by no other", async () => {
    const vault = await createVault("481516", QUICK);
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const salt = freshSalt();
    await expect(lockByPasskey(vault, "481517", "kunci", salt, secret)).rejects.toThrow();
    const lock = await lockByPasskey(vault, "481516", "kunci", salt, secret);
    expect(await openByPasskey(lock, crypto.getRandomValues(new Uint8Array(32)))).toBeNull();
    const key = (await openByPasskey(lock, secret)) as CryptoKey;
    expect(key.extractable).toBe(false);
    const sealed = await (await sealer(vault))("step 1", utf8("Tarif retribusi pasar"));
    expect(text(await opener(key)("step 1", sealed))).toBe("Tarif retribusi pasar");
  });

  it("cannot be passed off under another name, and each page load seals with another key", async () => {
    const vault = await createVault("481516", QUICK);
    const first = await (await sealer(vault))("step 1", utf8("a"));
    const second = await (await sealer(vault))("step 1", utf8("a"));
    expect(new Uint8Array(first.by)).not.toEqual(new Uint8Array(second.by));
    const open = opener((await openVault(vault, "481516")) as CryptoKey);
    await expect(open("step 2", first)).rejects.toThrow();
    expect(text(await open("step 1", second))).toBe("a");
  });

  it("takes 600,000 rounds a PIN unless a test says otherwise", async () => {
    expect((await createVault("481516")).rounds).toBe(ROUNDS);
    expect(ROUNDS).toBeGreaterThanOrEqual(600_000);
  });

  it("waits longer after each wrong PIN, and no longer because the clock was set back", async () => {
    const waits = Array.from({ length: TRIES }, (_, failures) => waitAfter(failures));
    expect(waits.slice(0, 3)).toEqual([0, 0, 0]);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    const vault = { ...(await createVault("481516", QUICK)), failures: 3, until: 1_000_000 };
    expect(waitLeft(vault, 990_000)).toBe(10_000);
    expect(waitLeft(vault, -7_200_000)).toBe(waitAfter(3));
    expect(waitLeft(vault, 1_000_001)).toBe(0);
  });
});
