/** Sends what waits when the browser found a line or a push woke us, also after the last page was closed. */

import { openBox } from "../src/sync/box.ts";
import type { Kept } from "../src/sync/kept.ts";
import { renewKept } from "../src/sync/renewal.ts";
import { wipe } from "../src/sync/wipe.ts";

declare const self: ServiceWorkerGlobalScope;

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

/** The session of a phone that was revoked or lost, until it is emptied. */
let over: Kept | undefined;
const refresh = () => renewKept(self.location.origin, (was) => void (over = was));
const box = openBox(refresh);

/** Once the outbox is free: it says its last word before it goes. Open pages then see that nobody is here. */
async function endIfOver(): Promise<void> {
  if (!over) return;
  const was = over;
  over = undefined;
  await wipe(was);
  new BroadcastChannel("centang").postMessage("left");
}

/** An open page does it itself, and shows it. */
async function send(): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.length) return pages.forEach((page) => page.postMessage({ flush: true }));
  if (!(await box.all()).length) return;
  let refused = false;
  const { stopped } = await box.flush((_entry, verdict) => void (refused ||= verdict.kind === "refused"), { force: true });
  if (over) return endIfOver();
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

/** A hint, no order: this phone asks with its own key whether it is over. */
function saysOver(event: PushEvent): boolean {
  try {
    return (event.data?.json() as { over?: boolean } | undefined)?.over === true;
  } catch {
    return false;
  }
}

async function woken(event: PushEvent): Promise<void> {
  if (saysOver(event)) await refresh().then(endIfOver);
  else await send();
}

self.addEventListener("push", (event) => event.waitUntil(woken(event).catch(() => undefined)));
