import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { all, clear, put } from "../../src/lib/db.ts";
import { createKey, keepDevice } from "../../src/lib/device.ts";
import { diskStore } from "../../src/sync/outbox-store.ts";
import { draft } from "./world.ts";

type Listener = (event: { tag?: string; data?: { json(): unknown }; waitUntil(work: Promise<unknown>): void }) => void;
const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json" } });

let heard: Map<string, Listener>;
let pages: { postMessage: (message: unknown) => void }[];
const shown = vi.fn(async () => undefined);

/** Wakes the worker, and tells whether the browser is to try again later. */
async function wake(kind: "sync" | "push", message: unknown = {}): Promise<"done" | "again"> {
  let work: Promise<unknown> = Promise.resolve();
  heard.get(kind)?.({ tag: "outbox", data: { json: () => message }, waitUntil: (given) => void (work = given) });
  return work.then(
    () => "done",
    () => "again",
  );
}

beforeEach(async () => {
  for (const store of ["outbox", "session", "devices", "offline", "papers"] as const) await clear(store);
  heard = new Map();
  pages = [];
  shown.mockClear();
  vi.stubGlobal("self", {
    addEventListener: (kind: string, listener: Listener) => heard.set(kind, listener),
    clients: { matchAll: async () => pages },
    location: { origin: "https://centang.contoh.example" },
    registration: { showNotification: shown },
  });
  vi.stubGlobal("Notification", { permission: "granted" });
  vi.stubGlobal("navigator", { locks: { request: (_name: string, run: () => unknown) => run() } });
  await put("session", "current", { person: { id: "ani" }, device: { id: "phone-a" }, csrf: "c1", language: "id", agency: {} });
  const { order: _none, ...entry } = { ...draft("tick", "a"), order: 0, tries: 0, notBefore: 0, refused: null };
  await diskStore.add([entry]);
  vi.resetModules();
  const worker = "../../sw/outgoing.ts";
  await import(/* @vite-ignore */ worker);
});
afterEach(() => vi.unstubAllGlobals());

describe("the service worker", () => {
  it("sends what waits after the last page was closed, and renews the session for it", async () => {
    const { key, thumbprint } = await createKey();
    await keepDevice({ personId: "ani", id: "phone-a", thumbprint, key, logins: [], seq: 0 });
    const asked: [string, string | null][] = [];
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      asked.push([url, new Headers(init.headers).get("X-CSRF-Token")]);
      if (url.endsWith("/session/refresh")) return json(200, { person: { id: "ani" }, device: { id: "phone-a" }, csrf: "c2" });
      return asked.length === 1 ? json(401, { code: "identity/session-ended" }) : json(200, { step_id: "step of a" });
    });
    expect(await wake("sync")).toBe("done");
    expect(asked.map(([, csrf]) => csrf)).toEqual(["c1", "c1", "c2"]);
    expect(await diskStore.all()).toEqual([]);
  });

  it("proves itself by the server's clock where the phone's own is hours off", async () => {
    const { key, thumbprint } = await createKey();
    await keepDevice({ personId: "ani", id: "phone-a", thumbprint, key, logins: [], seq: 0 });
    const right = Math.floor(Date.now() / 1000) - 5 * 3600;
    const proved: number[] = [];
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      if (!url.endsWith("/session/refresh"))
        return new Headers(init.headers).get("X-CSRF-Token") === "c1" ? json(401, { code: "identity/session-ended" }) : json(200, { step_id: "step of a" });
      const { proof } = JSON.parse(init.body as string) as { proof: string };
      const { iat } = JSON.parse(atob(proof.split(".")[1] as string)) as { iat: number };
      proved.push(iat - right);
      if (Math.abs(iat - right) < 120) return json(200, { person: { id: "ani" }, device: { id: "phone-a" }, csrf: "c2" });
      const refused = json(422, { code: "identity/statement-stale" });
      refused.headers.set("Date", new Date(right * 1000).toUTCString());
      return refused;
    });
    expect(await wake("sync")).toBe("done");
    expect(proved).toHaveLength(2);
    expect(await diskStore.all()).toEqual([]);
  });

  it("asks to be woken again while there is no line", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no line")));
    expect(await wake("sync")).toBe("again");
    expect(await wake("push")).toBe("done");
    expect(await diskStore.all()).toHaveLength(1);
  });

  it("leaves it to an open page", async () => {
    const told = vi.fn();
    pages = [{ postMessage: told }];
    vi.stubGlobal("fetch", vi.fn());
    expect(await wake("sync")).toBe("done");
    expect(told).toHaveBeenCalledWith({ flush: true });
    expect(fetch).not.toHaveBeenCalled();
  });

  it("tells of a refusal without a word of what it was about", async () => {
    vi.stubGlobal("fetch", async () => json(409, { code: "routing/withdrawn", params: { name: "Intan Contoh" } }));
    expect(await wake("sync")).toBe("done");
    expect(JSON.stringify(shown.mock.calls)).toMatch(/perlu perhatian Anda/);
    expect(JSON.stringify(shown.mock.calls)).not.toMatch(/Intan|step/);
    expect((await diskStore.all())[0]?.refused?.code).toBe("routing/withdrawn");
  });

  it("sends nothing of somebody who is not signed in any more", async () => {
    await put("session", "current", { person: { id: "budi" }, device: null, csrf: "c9" });
    vi.stubGlobal("fetch", vi.fn());
    await wake("sync");
    expect(fetch).not.toHaveBeenCalled();
    expect(await diskStore.all()).toHaveLength(1);
  });
});

describe("a phone that was reported lost", () => {
  const lost = (asked: string[]) => async (url: string) => {
    asked.push(url);
    if (url.endsWith("/session/refresh")) return json(410, { code: "identity/device-over" });
    return asked.filter((one) => !one.endsWith("/refresh")).length < 2 ? json(401, { code: "general/sign-in-required" }) : json(403, { code: "offline/quarantined" });
  };
  const left = vi.fn();
  beforeEach(async () => {
    left.mockClear();
    vi.stubGlobal("BroadcastChannel", class { postMessage = left; });
    const { key, thumbprint } = await createKey();
    await keepDevice({ personId: "ani", id: "phone-a", thumbprint, key, logins: [], seq: 0 });
    await put("offline", "ani vault", { failures: 0 });
    await put("papers", "ani step", { sealed: null });
  });
  const nothingStays = async () => {
    expect(await Promise.all((["session", "outbox", "devices", "offline", "papers"] as const).map((store) => all(store)))).toEqual([[], [], [], [], []]);
    expect(left).toHaveBeenCalledWith("left");
  };

  it("says what waited once more, and keeps nothing", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", lost(asked));
    expect(await wake("sync")).toBe("done");
    expect(asked.at(-1)).not.toContain("refresh");
    await nothingStays();
  });

  it("asks when a push says so, and believes only the answer to its own key", async () => {
    const push = () => wake("push", { over: true });
    vi.stubGlobal("fetch", async () => json(401, { code: "identity/session-ended" }));
    await push();
    expect(await all("papers")).toHaveLength(1);
    vi.stubGlobal("fetch", lost([]));
    await push();
    await nothingStays();
  });
});
