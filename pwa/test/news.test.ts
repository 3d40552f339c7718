import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { clear, put } from "../src/lib/db.ts";
import { diskStore } from "../src/sync/outbox-store.ts";
import type { Entry } from "../src/sync/outbox.ts";

const TITLE = "Ada naskah menunggu Anda di Centang.";
const STEP = "s1";
const handlers: Record<string, (event: unknown) => void> = {};
const showNotification = vi.fn(async () => undefined);
const setAppBadge = vi.fn(async () => undefined);
const clients = { matchAll: vi.fn(async (): Promise<unknown[]> => []), openWindow: vi.fn(async () => null) };

vi.stubGlobal("self", {
  addEventListener: (name: string, handler: (event: unknown) => void) => void (handlers[name] = handler),
  registration: { showNotification },
  location: { origin: "https://centang.contoh.example" },
  clients,
});
vi.stubGlobal("navigator", { setAppBadge });
// Named at run time: a worker's globals are not a page's, and the two are checked apart.
const worker: string = "../sw/news.ts";
await import(/* @vite-ignore */ worker);

async function fire(name: string, event: object): Promise<void> {
  let done: Promise<unknown> = Promise.resolve();
  handlers[name]?.({ ...event, waitUntil: (work: Promise<unknown>) => void (done = work) });
  await done;
}
const push = (payload: unknown) => fire("push", { data: payload === undefined ? null : { json: () => payload } });
const tap = (url: string) => fire("notificationclick", { notification: { close: vi.fn(), data: { url } } });
const entry = (changed: Partial<Entry>) =>
  diskStore.add([{ id: "e", person: "p", device: null, act: "initial", step: STEP, document: "d", path: "/x", body: {}, made: 0, label: null, tries: 0, notBefore: 0, refused: null, ...changed } as Omit<Entry, "order">]);

beforeEach(async () => {
  vi.clearAllMocks();
  await Promise.all([clear("outbox"), clear("session")]);
});

describe("a push", () => {
  it("is shown with its generic title, opens the paper itself, and counts what waits", async () => {
    await push({ id: "n1", title: TITLE, step: STEP, waits: 3 });
    expect(showNotification).toHaveBeenCalledWith(TITLE, expect.objectContaining({ tag: STEP, renotify: true, silent: false, data: { url: "/naskah/s1" } }));
    expect(setAppBadge).toHaveBeenCalledWith(3);
  });

  it("about no turn opens what its notice is about", async () => {
    await push({ id: "n1", title: "Naskah Anda sudah ditandatangani." });
    expect(showNotification).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ tag: "n1", data: { url: "/pemberitahuan/n1" } }));
    expect(setAppBadge).not.toHaveBeenCalled();
  });

  it.each([undefined, {}, null])("of nothing known (%s) is shown all the same", async (payload) => {
    await push(payload);
    expect(showNotification).toHaveBeenCalledWith(TITLE, expect.objectContaining({ data: { url: "/meja" } }));
  });

  it("reminds nobody of what was done here and is still on its way", async () => {
    await entry({});
    await put("session", "current", { language: "en" });
    await push({ id: "n1", title: "A paper's deadline is near.", step: STEP });
    expect(showNotification).toHaveBeenCalledWith("What you did is on its way.", expect.objectContaining({ silent: true, renotify: false }));
  });

  it.each<[string, Partial<Entry>]>([
    ["another paper", { step: "s2" }],
    ["a tick alone, for the initial is still missing", { act: "tick" }],
    ["what the server refused", { refused: { code: "routing/withdrawn" } as Entry["refused"] }],
  ])("does remind when what waits here is %s", async (_what, changed) => {
    await entry(changed);
    await push({ id: "n1", title: TITLE, step: STEP });
    expect(showNotification).toHaveBeenCalledWith(TITLE, expect.objectContaining({ silent: false }));
  });
});

describe("a tap", () => {
  it("opens the app where none is open", async () => {
    await tap("/naskah/s1");
    expect(clients.openWindow).toHaveBeenCalledWith("https://centang.contoh.example/naskah/s1");
  });

  it("leads the open app there instead", async () => {
    const open = { focus: vi.fn(), postMessage: vi.fn() };
    clients.matchAll.mockResolvedValueOnce([open]);
    await tap("/naskah/s1");
    expect(open.postMessage).toHaveBeenCalledWith({ open: "/naskah/s1" });
    expect(clients.openWindow).not.toHaveBeenCalled();
  });

  it("never leads elsewhere", async () => {
    await tap("https://jahat.example/");
    expect(clients.openWindow).not.toHaveBeenCalled();
  });
});
