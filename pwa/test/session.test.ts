import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../src/api/types.ts";
import { all, get, put, remove } from "../src/lib/db.ts";
import { deviceOf, keepDevice, createKey } from "../src/lib/device.ts";

const RATNA = { person: { id: "p1", name: "Ratna Contoh" }, username: "ratna", csrf: "c1", language: "id", device: null } as unknown as Session;
const BUDI = { ...RATNA, person: { id: "p2", name: "Budi Contoh" }, username: "budi", csrf: "c2" } as unknown as Session;

const replies: [RegExp, () => Response][] = [];
const json = (status: number, body: unknown) => () =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

class FakeLocation {
  origin = "https://centang.contoh.example";
  replace = vi.fn();
}

let store: typeof import("../src/store/session.ts");
beforeEach(async () => {
  replies.length = 0;
  vi.stubGlobal("location", new FakeLocation());
  vi.stubGlobal("document", { documentElement: { lang: "" }, addEventListener: () => undefined });
  vi.stubGlobal("fetch", vi.fn(async (url: string) => {
    const found = replies.find(([pattern]) => pattern.test(url));
    return found ? found[1]() : json(404, { code: "general/not-found" })();
  }));
  vi.resetModules();
  store = await import("../src/store/session.ts");
});
afterEach(() => vi.unstubAllGlobals());

const body = (n: number) => JSON.parse(vi.mocked(fetch).mock.calls[n]?.[1]?.body as string);

describe("a shared browser", () => {
  it("leaves nothing of one person to the next but their device key", async () => {
    replies.push([/sign-in/, json(200, RATNA)]);
    await store.signIn({ username: "ratna", password: "x" });
    await put("reading", "p1 v1", [[1, "aa"]]);
    await store.signOut();
    expect(store.session.value).toBeNull();
    expect(await all("session")).toEqual([]);
    expect(await all("reading")).toEqual([]);
  });

  it("refuses to act for a person when another signed in meanwhile", async () => {
    replies.push([/sign-in/, json(200, RATNA)]);
    await store.signIn({ username: "ratna", password: "x" });
    await put("session", "current", BUDI);
    const { post } = await import("../src/api/client.ts");
    await expect(post("/steps/1/initial")).rejects.toMatchObject({ code: "client/other-person" });
    expect(location.replace).toHaveBeenCalledWith("/");
    expect(vi.mocked(fetch).mock.calls.some(([url]) => String(url).includes("initial"))).toBe(false);
  });

  it("proves the device of the name that signs in, and no other", async () => {
    const { key, thumbprint } = await createKey();
    await keepDevice({ personId: "p1", id: "d1", thumbprint, key, logins: ["ratna"], seq: 0 });
    replies.push([/sign-in/, json(200, { ...BUDI })]);
    await store.signIn({ username: "budi", password: "x" });
    expect(body(0).device).toBeUndefined();
    replies.unshift([/sign-in/, json(200, { ...RATNA, device: { id: "d1" } })]);
    await store.signIn({ username: " ratna ", password: "x" });
    expect(body(1)).toMatchObject({ username: "ratna", device: { id: "d1" } });
  });

  it("drops a key that the server no longer knows", async () => {
    const { key, thumbprint } = await createKey();
    await keepDevice({ personId: "p1", id: "d1", thumbprint, key, logins: ["ratna"], seq: 0 });
    replies.push([/sign-in/, json(200, RATNA)]);
    await store.signIn({ username: "ratna", password: "x", code: "000000" });
    expect(await deviceOf("p1")).toBeUndefined();
  });
});

describe("a language", () => {
  beforeEach(async () => {
    replies.push([/sign-in/, json(200, RATNA)]);
    await store.signIn({ username: "ratna", password: "x" });
  });

  it("chosen without a line stays, and is told as soon as there is one", async () => {
    await store.speak("en").catch(() => undefined);
    expect((await get<Session>("session", "current"))?.language).toBe("en");
    replies.push([/session$/, json(200, { ...RATNA, language: "en" })]);
    await store.renew();
    expect(vi.mocked(fetch).mock.lastCall?.[1]).toMatchObject({ method: "PATCH", body: '{"language":"en"}' });
    expect(await get("session", "language")).toBeUndefined();
    replies.unshift([/session$/, json(200, RATNA)]);
    await store.renew();
    expect(store.session.value?.language).toBe("id");
  });

  it("is not taken back by an answer from before the choice", async () => {
    let late: (answer: Response) => void = () => undefined;
    vi.mocked(fetch).mockImplementationOnce(() => new Promise((resolve) => (late = resolve)));
    const renewal = store.renew();
    await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(2));
    const speaking = store.speak("en").catch(() => undefined);
    await vi.waitFor(() => expect(store.session.value?.language).toBe("en"));
    late(json(200, RATNA)());
    await Promise.all([renewal, speaking]);
    expect(store.session.value?.language).toBe("en");
  });
});

describe("a session", () => {
  it("is remembered across a reload", async () => {
    await put("session", "current", RATNA);
    replies.push([/session$/, json(200, RATNA)]);
    await store.resume();
    expect(store.session.value?.person.id).toBe("p1");
  });

  it("left without a line is ended at the next contact, before anybody else comes in", async () => {
    replies.push([/sign-in/, json(200, RATNA)]);
    await store.signIn({ username: "ratna", password: "x" });
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError("no line"));
    await store.signOut();
    expect(store.session.value).toBeNull();
    expect(await all("session")).toEqual(["c1"]);
    replies.unshift([/sign-in/, json(200, BUDI)], [/session$/, () => new Response(null, { status: 204 })]);
    await store.signIn({ username: "budi", password: "x" });
    const sent = vi.mocked(fetch).mock.calls.slice(-2).map(([url, init]) => [url, init?.method]);
    expect(sent).toEqual([["/api/v1/session", "DELETE"], ["/api/v1/sign-in", "POST"]]);
    const headers = vi.mocked(fetch).mock.calls.at(-2)?.[1]?.headers as Headers;
    expect(headers.get("X-CSRF-Token")).toBe("c1");
    expect(await get("session", "leaving")).toBeUndefined();
  });

  it("left without a line stays to be ended while there is none", async () => {
    await remove("session", "current");
    await put("session", "leaving", "c1");
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError("no line"));
    await store.resume();
    await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(1));
    expect(await get("session", "leaving")).toBe("c1");
    replies.push([/session$/, json(403, { code: "general/stale-page" })]);
    await vi.waitFor(async () => {
      await store.resume();
      expect(await get("session", "leaving")).toBeUndefined();
    });
    expect(store.session.value).toBeNull();
  });

  it("ends everywhere on this page when the server says so, and says why", async () => {
    replies.push([/sign-in/, json(200, RATNA)]);
    await store.signIn({ username: "ratna", password: "x" });
    replies.unshift([/./, json(401, { code: "identity/session-ended" })]);
    const { read } = await import("../src/api/client.ts");
    await read("/inbox").catch(() => undefined);
    await vi.waitFor(() => expect(store.session.value).toBeNull());
    expect(store.endedBecause.value?.code).toBe("identity/session-ended");
    expect(await get("session", "current")).toBeUndefined();
  });
});

describe("a device that was revoked or reported lost", () => {
  it("empties itself when it hears so, and says it at the door", async () => {
    vi.stubGlobal("navigator", { locks: { request: (_name: string, run: () => unknown) => run() } });
    const { key, thumbprint } = await createKey();
    await keepDevice({ personId: "p1", id: "d1", thumbprint, key, logins: ["ratna"], seq: 0 });
    replies.push([/sign-in/, json(200, { ...RATNA, device: { id: "d1" } })]);
    await store.signIn({ username: "ratna", password: "x" });
    await put("papers", "p1 step", {});
    await put("papers", "p2 step", {});
    replies.unshift([/refresh/, json(410, { code: "identity/device-over" })]);
    expect(await store.renewAccess()).toBe(false);
    await vi.waitFor(() => expect(store.session.value).toBeNull());
    expect(store.endedBecause.value?.code).toBe("identity/device-over");
    expect(await deviceOf("p1")).toBeUndefined();
    expect(await all("papers")).toHaveLength(1);
    expect(await all("session")).toEqual([]);
  });
});
