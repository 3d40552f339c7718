import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StepDetail } from "../../src/api/types.ts";
import { put } from "../../src/lib/db.ts";
import { carry, type Pass } from "../../src/sync/courier.ts";
import { judge } from "../../src/sync/judge.ts";
import { diskStore } from "../../src/sync/outbox-store.ts";
import type { Entry } from "../../src/sync/outbox.ts";
import { asDone, pendingOf } from "../../src/sync/pending.ts";
import { draft } from "./world.ts";

const ENTRY: Entry = { ...draft("tick", "a"), order: 1, tries: 1, notBefore: 0, refused: null };
const reply = (status: number, body: unknown, type = status < 400 ? "application/json" : "application/problem+json", more = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": type, ...more } });
const ENDED = () => reply(401, { code: "identity/session-ended" });

let csrf: string | undefined;
const refresh = vi.fn(async () => true);
const pass: Pass = { csrf: async (person) => (person === ENTRY.person ? csrf : undefined), refresh };
const sent = () => vi.mocked(fetch).mock.calls.map(([, init]) => init?.headers as Record<string, string>);

beforeEach(() => {
  csrf = "c1";
  refresh.mockClear();
  vi.stubGlobal("fetch", vi.fn(async () => reply(200, { step_id: ENTRY.step })));
});
afterEach(() => vi.unstubAllGlobals());

describe("the courier", () => {
  it("sends the entry's id as its key with this person's token, and follows nobody elsewhere", async () => {
    expect(judge(ENTRY, await carry(ENTRY, pass)).kind).toBe("delivered");
    expect(sent()[0]).toMatchObject({ "Idempotency-Key": ENTRY.id, "X-CSRF-Token": "c1" });
    expect(vi.mocked(fetch).mock.calls[0]?.[1]).toMatchObject({ redirect: "error", method: "POST" });
  });

  it("renews an access that ran out, and sends the same thing with the new token", async () => {
    vi.mocked(fetch).mockResolvedValueOnce(ENDED());
    refresh.mockImplementationOnce(async () => {
      csrf = "c2";
      return true;
    });
    expect(judge(ENTRY, await carry(ENTRY, pass)).kind).toBe("delivered");
    expect(sent().map((headers) => [headers["Idempotency-Key"], headers["X-CSRF-Token"]])).toEqual([
      [ENTRY.id, "c1"],
      [ENTRY.id, "c2"],
    ]);
  });

  it("says signed out when the session is over, and when it has become another's meanwhile", async () => {
    vi.mocked(fetch).mockImplementation(async () => ENDED());
    refresh.mockResolvedValueOnce(false);
    expect(judge(ENTRY, await carry(ENTRY, pass)).kind).toBe("signed-out");
    refresh.mockImplementationOnce(async () => {
      csrf = undefined;
      return true;
    });
    expect(judge(ENTRY, await carry(ENTRY, pass)).kind).toBe("signed-out");
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it("does not send at all without this person's session", async () => {
    csrf = undefined;
    expect(judge(ENTRY, await carry(ENTRY, pass)).kind).toBe("signed-out");
    expect(fetch).not.toHaveBeenCalled();
  });

  it("reads neither a portal's page nor broken JSON as an answer, and notes how long to wait", async () => {
    vi.mocked(fetch).mockResolvedValueOnce(reply(200, "<title>", "text/html"));
    expect(judge(ENTRY, await carry(ENTRY, pass))).toEqual({ kind: "no-line", portal: true });
    vi.mocked(fetch).mockResolvedValueOnce(new Response('{"step_', { headers: { "Content-Type": "application/json" } }));
    expect(judge(ENTRY, await carry(ENTRY, pass))).toEqual({ kind: "no-line", portal: true });
    vi.mocked(fetch).mockResolvedValueOnce(reply(503, {}, "text/html", { "Retry-After": "7" }));
    expect(judge(ENTRY, await carry(ENTRY, pass))).toEqual({ kind: "later", after: 7_000 });
  });
});

describe("the disk", () => {
  it("keeps the order, gives no place twice, and changes nothing that is gone", async () => {
    const { order: _none, ...plain } = ENTRY;
    const [first, second] = (await diskStore.add([plain, { ...plain, id: "b" }])) as [Entry, Entry];
    expect((await diskStore.all()).map(({ order }) => order)).toEqual([first.order, second.order]);
    await diskStore.remove(second.order);
    await diskStore.change([second.order, first.order], (old) => ({ ...old, tries: 9 }));
    expect(await diskStore.all()).toEqual([{ ...first, tries: 9 }]);
    expect((await diskStore.add([plain]))[0]?.order).toBeGreaterThan(second.order);
  });
});

describe("a step with something waiting", () => {
  const step = { step_id: "s", action: "sign", state: "open", lapsed: {}, allowed: ["tick", "return"] } as unknown as StepDetail;
  const entry = (act: Entry["act"], refused: Entry["refused"] = null) => ({ step: "s", act, made: 0, refused });

  it("counts as ticked after a tick, and leaves nothing to do after more", () => {
    expect(asDone(step, [entry("tick")])).toMatchObject({ state: "ticked", allowed: ["sign", "return"], lapsed: null });
    expect(asDone(step, [entry("tick"), entry("sign")]).allowed).toEqual([]);
  });

  it("stands as the server says when what was done was refused", () => {
    const refused = entry("tick", { code: "routing/version-replaced", params: {}, detail: "" });
    expect(asDone(step, [refused])).toBe(step);
    expect(pendingOf([refused], "s")).toBeUndefined();
  });
});

describe("grants", () => {
  it("are given out once, and not after they ran out by the server's clock", async () => {
    vi.stubGlobal("document", { documentElement: { lang: "" }, addEventListener: () => undefined });
    vi.stubGlobal("location", { origin: "https://centang.contoh.example" });
    const { session } = await import("../../src/store/session.ts");
    const { grantsLeft, takeGrant } = await import("../../src/sync/grants.ts");
    session.value = { person: { id: "p1" } } as never;
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    // This phone's clock is an hour ahead: what ends in half an hour by it has half an hour and more to go.
    await put("offline", "p1 grants", [
      { grant: "over", expires_at: at(-61), skew: 3_600 },
      { grant: "one", expires_at: at(-30), skew: 3_600 },
      { grant: "two", expires_at: at(30), skew: 0 },
    ]);
    expect(await grantsLeft()).toBe(2);
    const [a, b] = await Promise.all([takeGrant(), takeGrant()]);
    expect([a?.grant, b?.grant].sort()).toEqual(["one", "two"]);
    expect(await takeGrant()).toBeUndefined();
  });
});
