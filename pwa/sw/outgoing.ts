/** Sends what waits when the browser found a line or a push woke us, also after the last page was closed. */

import { openBox } from "../src/sync/box.ts";
import { renewKept } from "../src/sync/renewal.ts";

declare const self: ServiceWorkerGlobalScope;

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

const box = openBox(() => renewKept(self.location.origin));

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
