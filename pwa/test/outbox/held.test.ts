import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Session, StepDetail } from "../../src/api/types.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import { all, clear, get, put } from "../../src/lib/db.ts";
import { START } from "../../src/sync/feed.ts";
import { TRIES, waitAfter, type VaultRecord } from "../../src/sync/vault.ts";

const RATNA = { person: { id: "p1" } } as Session;
const BUDI = { person: { id: "p2" } } as Session;
const PAPER = {
  step_id: "s1",
  subject: "Tarif retribusi pasar",
  urgency: "biasa",
  due_at: null,
  secrecy: "biasa",
  action: "initial",
  mandate_id: "m1",
  mandates: [{ id: "m1", ends_at: null }],
  version: { id: "v1", pages: [{ image: { url: "/i", type: "image/webp", bytes: 7, sha256: "aa" } }] },
} as unknown as StepDetail;

/** Rounds of a PIN that a test may take; see vault.test.ts for the phone's. */
const QUICK = 1_000;
vi.setConfig({ testTimeout: 30_000 });

let held: typeof import("../../src/sync/held.ts");
let session: typeof import("../../src/store/session.ts");

async function start(who: Session): Promise<void> {
  vi.resetModules();
  session = await import("../../src/store/session.ts");
  held = await import("../../src/sync/held.ts");
  session.session.value = who;
  await vi.waitFor(() => expect(held.vaultState.value).toBeDefined(), { timeout: 20_000 });
}

const write = (papers: [string, StepDetail | "not-kept" | null][], generation = 0, sweep = false) =>
  held.write({ papers: new Map(papers), facts: new Map(), progress: { ...START, generation, at: 5 }, sweep });

const text = async () => JSON.stringify(await Promise.all((await Promise.all([all("papers"), all("images"), all("offline")])).flat().map(readable)));
const readable = (record: unknown) =>
  JSON.stringify(record, (_key, value: unknown) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value));

beforeEach(async () => {
  for (const store of ["offline", "papers", "images", "outbox", "session"] as const) await clear(store);
  await start(RATNA);
});

describe("a phone", () => {
  it("keeps nothing before a PIN was chosen", async () => {
    await write([["s1", PAPER]]);
    await held.keepImage("aa", utf8("picture").buffer);
    expect(await all("papers")).toEqual([]);
    expect(await all("images")).toEqual([]);
  });

  it("keeps papers so that the disk shows nothing of them, and the PIN shows all", async () => {
    await held.choosePin("481516", QUICK);
    await write([["s1", PAPER], ["s2", "not-kept"]]);
    await held.keepImage("aa", utf8("picture").buffer);
    expect(await text()).not.toMatch(/retribusi|picture|481516/);
    expect((await held.papers()).map(({ step }) => step.subject)).toEqual([PAPER.subject]);
    expect(new TextDecoder().decode((await held.image("aa")) as ArrayBuffer)).toBe("picture");
    expect(await held.paper("s2")).toBe("not-kept");
    expect(await held.holding()).toMatchObject({ papers: 1, at: 5 });
  });

  it("takes papers in while it is locked, and shows them after the PIN", async () => {
    await held.choosePin("481516", QUICK);
    await start(RATNA);
    expect(held.vaultState.value).toBe("locked");
    await write([["s1", PAPER]]);
    expect(await held.papers()).toEqual([]);
    expect(await held.unlock("481516")).toEqual({ kind: "open" });
    expect(await held.papers()).toHaveLength(1);
    held.lock();
    expect(await held.papers()).toEqual([]);
  });

  it("counts wrong PINs across starts, makes them wait, and is wiped after the last", async () => {
    await held.choosePin("481516", QUICK);
    await write([["s1", PAPER]]);
    const record = async (change: Partial<VaultRecord>) =>
      put("offline", "p1 vault", { ...(await get<VaultRecord>("offline", "p1 vault")), ...change });
    expect(await held.unlock("000000", 1_000)).toEqual({ kind: "wrong", left: TRIES - 1 });
    await start(RATNA);
    await record({ failures: 3, until: 1_000 + waitAfter(3) });
    expect(await held.unlock("481516", 2_000)).toEqual({ kind: "wait", until: 1_000 + waitAfter(3) });
    await record({ failures: TRIES - 1, until: 0 });
    expect(await held.unlock("000000", 9_000_000)).toEqual({ kind: "wiped" });
    expect([...(await all("papers")), ...(await all("offline"))]).toEqual([]);
    expect(held.vaultState.value).toBe("none");
  });

  it("takes along a file that can be signed, not one that was made for a mandate that ended", async () => {
    const ratna = { ...RATNA, device: { id: "d1" } } as Session;
    await start(ratna);
    await put("session", "current", ratna);
    await held.choosePin("481516", QUICK);
    const policy = { signing: true, secrecies: ["biasa"] };
    const step = (id: string) => ({ kind: "step", id, deleted: false, data: { ...PAPER, step_id: id, action: "sign", version: { id: "v1", pages: [] } } });
    const item = (step_id: string, code: string | null) => ({ step_id, prepared_sha256: "old", problem: code && { code } });
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: string) => {
      asked.push(url);
      const answers: [string, unknown][] = [
        ["/changes", { items: [{ kind: "policy", id: "p", deleted: false, data: policy }, step("s1"), step("s2")], cursor: "c", more: false, reset: false }],
        ["/signing/preflights", { items: [item("s1", "routing/not-ticked"), item("s2", "routing/mandate-ended")] }],
        ["/steps/s2/signing", { version_sha256: "v", prepared_sha256: "new" }],
        ["/sync/grants", { grants: [], skew: 0, activation_key: null, policy }],
      ];
      const [, body] = answers.find(([end]) => url.endsWith(end)) as [string, unknown];
      return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
    });
    const { bring } = await import("../../src/sync/keep.ts");
    await bring();
    const taken = async (id: string) => ((await held.paper(id)) as { terms: { item: object } }).terms.item;
    expect(await taken("s1")).toMatchObject({ prepared_sha256: "old" });
    expect(await taken("s2")).toMatchObject({ prepared_sha256: "new" });
    expect(asked.some((url) => url.endsWith("/steps/s1/signing"))).toBe(false);
    vi.unstubAllGlobals();
  });

  it("drops a paper whose tombstone came, and what a reset did not bring again", async () => {
    await held.choosePin("481516", QUICK);
    await write([["s1", PAPER], ["s2", PAPER], ["s3", PAPER]]);
    await write([["s1", null]]);
    await write([["s2", PAPER]], 1, true);
    expect((await held.records()).map(([id]) => id)).toEqual(["s2"]);
  });

  it("shows no paper of a mandate that has ended, without being told", async () => {
    await held.choosePin("481516", QUICK);
    const ended = { ...PAPER, mandates: [{ id: "m1", ends_at: "2020-01-01T00:00:00Z" }] } as StepDetail;
    await write([["s1", ended]]);
    expect(await held.papers()).toEqual([]);
  });

  it("shared by two people shows each only what is theirs, and empties only one", async () => {
    await held.choosePin("481516", QUICK);
    await write([["s1", PAPER]]);
    await start(BUDI);
    expect(held.vaultState.value).toBe("none");
    expect(await held.paper("s1")).toBeNull();
    await held.empty({ unsent: true });
    await start(RATNA);
    expect(held.vaultState.value).toBe("locked");
    expect((await held.records()).map(([id]) => id)).toEqual(["s1"]);
  });
});
