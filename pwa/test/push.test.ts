import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clear, put } from "../src/lib/db.ts";

const YESTERDAY = Date.now() - 25 * 3_600_000;
const made = { endpoint: "https://push.contoh.example/1", getKey: () => new Uint8Array([1, 2]).buffer, unsubscribe: vi.fn(async () => true) };
const pushManager = { subscribe: vi.fn(async () => made), getSubscription: vi.fn(async () => made) };
const registration = { pushManager };
const asked: { method: string; path: string }[] = [];

let push: typeof import("../src/sync/push.ts");
beforeEach(async () => {
  vi.clearAllMocks();
  asked.length = 0;
  vi.stubGlobal("location", { origin: "https://centang.contoh.example" });
  vi.stubGlobal("document", { documentElement: { lang: "" }, addEventListener: () => undefined });
  vi.stubGlobal("window", { addEventListener: () => undefined, PushManager: class {}, Notification: class {} });
  vi.stubGlobal("navigator", { serviceWorker: { ready: Promise.resolve(registration), getRegistration: async () => registration } });
  vi.stubGlobal("Notification", { permission: "granted", requestPermission: async () => "granted" });
  vi.stubGlobal("fetch", vi.fn(async (url: string, { method = "GET" }: RequestInit = {}) => {
    asked.push({ method, path: url.replace("/api/v1", "") });
    const body = method === "GET" ? { vapid_public_key: "AQID", app: false } : { subscribed: true };
    return new Response(JSON.stringify(body), { status: 200, headers: { "Content-Type": "application/json" } });
  }));
  await clear("session");
  vi.resetModules();
  push = await import("../src/sync/push.ts");
});
afterEach(() => vi.unstubAllGlobals());

const told = () => asked.filter(({ method }) => method === "PUT").length;

describe("notifications on this device", () => {
  it("tell the server of this browser's address", async () => {
    expect(await push.pushOn()).toBe("on");
    expect(asked.at(-1)).toEqual({ method: "PUT", path: "/push/subscription" });
  });

  it("take the place of an address that belongs to another installation's key", async () => {
    pushManager.subscribe.mockRejectedValueOnce(new DOMException("", "InvalidStateError"));
    expect(await push.pushOn()).toBe("on");
    expect(made.unsubscribe).toHaveBeenCalledOnce();
    expect(told()).toBe(1);
  });

  it("are said again a day later, for the server may have forgotten", async () => {
    await put("session", "push-told", YESTERDAY);
    await push.keepPush();
    await push.keepPush();
    expect(told()).toBe(1);
  });

  it("are not said where nobody switched them on, or the browser forbids them", async () => {
    await push.keepPush();
    await put("session", "push-told", YESTERDAY);
    vi.stubGlobal("Notification", { permission: "denied" });
    await push.keepPush();
    expect(told()).toBe(0);
  });

  it("stay off once switched off", async () => {
    await push.pushOn();
    await push.pushOff();
    expect(asked.at(-1)).toEqual({ method: "DELETE", path: "/push/subscription" });
    vi.useFakeTimers({ now: Date.now() + 48 * 3_600_000, toFake: ["Date"] });
    await push.keepPush();
    vi.useRealTimers();
    expect(told()).toBe(1);
  });
});
