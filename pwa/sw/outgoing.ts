/** Sends what waits when the browser found a line or a push woke us, also after the last page was closed. */

import { put } from "../src/lib/db.ts";
import { deviceOf, signJws } from "../src/lib/device.ts";
import { kept, openBox } from "../src/sync/box.ts";
import type { Kept } from "../src/sync/kept.ts";

declare const self: ServiceWorkerGlobalScope;

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

/** As the page renews it: a rotating cookie and, on an enrolled device, its proof. */
async function refresh(): Promise<boolean> {
  const now = await kept();
  if (!now) return false;
  const device = await deviceOf(now.person.id);
  const claims = { aud: self.location.origin, sub: now.person.id, iat: Math.floor(Date.now() / 1000), jti: crypto.randomUUID() };
  const response = await fetch("/api/v1/session/refresh", {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": now.csrf },
    body: JSON.stringify(device ? { proof: await signJws(device, "device-proof+jwt", claims) } : {}),
    redirect: "error",
  });
  if (response.status !== 200 || !response.headers.get("Content-Type")?.startsWith("application/json")) return false;
  const fresh = (await response.json()) as Kept;
  // Somebody else signed in meanwhile: what is kept is theirs.
  if ((await kept())?.person.id !== fresh.person.id) return false;
  await put("session", "current", { ...now, ...fresh, language: now.language, agency: fresh.agency ?? now.agency });
  return true;
}

const box = openBox(refresh);

/** An open page does it itself, and shows it. */
async function send(): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.length) return pages.forEach((page) => page.postMessage({ flush: true }));
  if (!(await box.all()).length) return;
  let refused = false;
  const { stopped } = await box.flush((_entry, verdict) => void (refused ||= verdict.kind === "refused"), { force: true });
  if (refused && Notification.permission === "granted") {
    await self.registration.showNotification("Ada yang perlu perhatian Anda di Centang.", {
      tag: "belum-terkirim",
      icon: "/icon-192.png",
      badge: "/badge-96.png",
      data: { url: "/belum-terkirim" },
    });
  }
  // A browser that is told it failed tries again later.
  if (stopped === "no-line" || stopped === "portal") throw new Error(stopped);
}

self.addEventListener("sync", (event) => {
  const { tag } = event as SyncEvent;
  if (tag === "outbox") (event as SyncEvent).waitUntil(send());
});
self.addEventListener("push", (event) => event.waitUntil(send().catch(() => undefined)));
