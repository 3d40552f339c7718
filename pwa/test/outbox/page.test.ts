import "fake-indexeddb/auto";
import { afterEach, expect, it, vi } from "vitest";
import type { Session } from "../../src/api/types.ts";
import { put } from "../../src/lib/db.ts";
import { diskStore } from "../../src/sync/outbox-store.ts";
import { draft } from "./world.ts";

afterEach(() => vi.unstubAllGlobals());

it("a page that began without a line sends as soon as any answer shows that there is one", async () => {
  const locks = { request: async (_name: string, ...more: unknown[]) => (more.at(-1) as (lock: object) => unknown)({}) };
  vi.stubGlobal("navigator", { onLine: false, locks });
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("document", Object.assign(new EventTarget(), { hidden: false, documentElement: {} }));
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    sent.push(url);
    return new Response(JSON.stringify({ step_id: "step of a" }), { headers: { "Content-Type": "application/json" } });
  });
  const who = { person: { id: "ani" }, device: { id: "phone-a" }, csrf: "c1" } as unknown as Session;
  await put("session", "current", who);
  await diskStore.add([{ ...draft("tick", "a"), tries: 0, notBefore: 0, refused: null }]);
  const network = await import("../../src/store/network.ts");
  const { session } = await import("../../src/store/session.ts");
  const { unsent } = await import("../../src/store/unsent.ts");
  const { startSending } = await import("../../src/sync/outgoing.ts");
  session.value = who;
  startSending();
  await vi.waitFor(() => expect(unsent.value).toHaveLength(1), { timeout: 20_000 });
  expect(sent).toEqual([]);

  network.noteOnline();
  await vi.waitFor(() => expect(unsent.value).toEqual([]), { timeout: 20_000 });
  expect(sent).toContainEqual(expect.stringContaining("/tick"));
  expect(await diskStore.all()).toEqual([]);
});
