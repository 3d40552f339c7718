import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { call, lend, post, read } from "../src/api/client.ts";
import { Problem } from "../src/api/problem.ts";
import { offlineSince } from "../src/store/network.ts";

const answer = (status: number, body: unknown, type = "application/json") =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { "Content-Type": type } });
const refusal = (status: number, code: string) => answer(status, { code, detail: "…", params: { a: 1 } }, "application/problem+json");
const sent = (n: number) => {
  const [url, init] = vi.mocked(fetch).mock.calls[n] as [string, RequestInit];
  return { url, headers: init.headers as Headers };
};
const caught = (promise: Promise<unknown>) => promise.catch((error: unknown) => error as Problem) as Promise<Problem>;

const refresh = vi.fn(async () => true);
const ended = vi.fn();

beforeEach(() => {
  vi.stubGlobal("fetch", vi.fn());
  lend({ csrf: async () => "csrf-1", refresh, ended });
  refresh.mockClear();
  ended.mockClear();
});
afterEach(() => vi.unstubAllGlobals());

describe("the API client", () => {
  it("sends the CSRF token and a key with every unsafe request, and neither with a safe one", async () => {
    vi.mocked(fetch).mockImplementation(async () => answer(200, {}));
    await post("/a");
    await read("/b");
    expect(sent(0).url).toBe("/api/v1/a");
    expect(sent(0).headers.get("X-CSRF-Token")).toBe("csrf-1");
    expect(sent(0).headers.get("Idempotency-Key")).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent(1).headers.get("X-CSRF-Token")).toBeNull();
    expect(sent(1).headers.get("Idempotency-Key")).toBeNull();
  });

  it("renews the session once and repeats with the same key", async () => {
    vi.mocked(fetch).mockResolvedValueOnce(refusal(401, "general/sign-in-required")).mockResolvedValueOnce(answer(200, { ok: 1 }));
    expect(await post("/a")).toEqual({ ok: 1 });
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(sent(0).headers.get("Idempotency-Key")).toBe(sent(1).headers.get("Idempotency-Key"));
    expect(ended).not.toHaveBeenCalled();
  });

  it("tells when the session is over", async () => {
    refresh.mockResolvedValueOnce(false);
    vi.mocked(fetch).mockImplementation(async () => refusal(401, "identity/session-ended"));
    expect((await caught(read("/a"))).code).toBe("identity/session-ended");
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it("does not renew for a wrong password", async () => {
    vi.mocked(fetch).mockImplementation(async () => refusal(401, "identity/wrong-credentials"));
    expect((await caught(post("/sign-in"))).code).toBe("identity/wrong-credentials");
    expect(refresh).not.toHaveBeenCalled();
    expect(ended).not.toHaveBeenCalled();
  });

  it("asks once more for what a poor line lost, before it says that there is none; only what reads", async () => {
    vi.stubGlobal("navigator", { onLine: true });
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError("lost")).mockResolvedValueOnce(answer(200, { ok: 1 }));
    expect(await read("/a")).toEqual({ ok: 1 });
    expect(offlineSince.peek()).toBeNull();
    vi.mocked(fetch).mockClear().mockRejectedValue(new TypeError("lost"));
    expect((await caught(post("/a"))).code).toBe("client/offline");
    expect(fetch).toHaveBeenCalledTimes(1);
    expect((await caught(read("/a"))).code).toBe("client/offline");
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it("turns every kind of failure into a problem with a code", async () => {
    vi.mocked(fetch).mockResolvedValueOnce(refusal(409, "routing/already-done"));
    expect(await caught(post("/a"))).toMatchObject({ code: "routing/already-done", status: 409, params: { a: 1 }, lost: false });
    vi.mocked(fetch).mockResolvedValueOnce(new Response("<html>", { status: 502 }));
    expect(await caught(read("/a"))).toMatchObject({ code: "client/server", lost: true });
    vi.mocked(fetch).mockResolvedValueOnce(new Response("<html>", { status: 200, headers: { "Content-Type": "text/html" } }));
    expect((await caught(read("/a"))).code).toBe("client/unreadable");
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError("Failed to fetch"));
    expect(await caught(read("/a"))).toMatchObject({ code: "client/offline", lost: true, offline: true });
  });

  it("gives up waiting and says so", async () => {
    vi.mocked(fetch).mockImplementation(
      (_, init) => new Promise((__, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason))),
    );
    expect((await caught(call("GET", "/a", { timeout: 5 }))).code).toBe("client/timeout");
    expect(offlineSince.value).not.toBeNull();
  });

  it("knows it is online again from any answer", async () => {
    vi.mocked(fetch).mockResolvedValueOnce(refusal(404, "general/not-found"));
    await caught(read("/a"));
    expect(offlineSince.value).toBeNull();
  });
});
