/** Notifications: shown, counted on the app's icon, and opened by a tap, with a network or without. */

import { get } from "../src/lib/db.ts";
import type { Kept } from "../src/sync/kept.ts";
import { diskStore } from "../src/sync/outbox-store.ts";

declare const self: ServiceWorkerGlobalScope;

/** An identifier and a generic title, never a subject. */
interface Message {
  /** Of the notice; the app knows which paper it is about. */
  id?: string;
  title?: string;
  /** Of the turn it is about: its paper opens without a network, too. */
  step?: string;
  /** How many papers wait: the number on the app's icon. */
  waits?: number;
}

/** Chromium's: a later notification of the same tag sounds again instead of replacing in silence. */
interface Announced extends NotificationOptions {
  renotify: boolean;
}

const WAITS = "Ada naskah menunggu Anda di Centang.";
const ON_ITS_WAY = {
  id: "Yang Anda kerjakan sedang dikirim.",
  en: "What you did is on its way.",
};

const place = ({ id, step }: Message): string => (step ? `/naskah/${step}` : id ? `/pemberitahuan/${id}` : "/meja");

/** Done here, and the server does not know yet: its reminder crossed our answer. */
async function doneHere(step: string | undefined): Promise<boolean> {
  if (!step) return false;
  const entries = await diskStore.all().catch(() => []);
  return entries.some((entry) => entry.step === step && entry.act !== "tick" && !entry.refused);
}

/** Browsers demand that every push is shown; what needs nobody is shown without a sound. */
async function announce(message: Message): Promise<void> {
  const done = await doneHere(message.step);
  const shown: Announced = {
    tag: message.step ?? message.id ?? "centang",
    renotify: !done,
    silent: done,
    icon: "/icon-192.png",
    badge: "/badge-96.png",
    data: { url: place(message) },
  };
  const language = done ? ((await get<Kept>("session", "current"))?.language ?? "id") : "id";
  await self.registration.showNotification(done ? ON_ITS_WAY[language] : (message.title ?? WAITS), shown);
}

/** The number on the icon, where the system has one. */
async function count(waits: number | undefined): Promise<void> {
  if (waits === undefined || !("setAppBadge" in navigator)) return;
  await navigator.setAppBadge(waits).catch(() => undefined);
}

self.addEventListener("push", (event) => {
  let message: Message = {};
  try {
    message = (event.data?.json() ?? {}) as Message;
  } catch {
    // An empty or foreign payload still deserves its notification.
  }
  event.waitUntil(Promise.all([announce(message), count(message.waits)]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data as { url: string };
  const target = new URL(url, self.location.origin);
  if (target.origin !== self.location.origin) return;
  event.waitUntil(
    (async () => {
      const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const open = windows[0];
      if (!open) return void (await self.clients.openWindow(target.href));
      await open.focus();
      open.postMessage({ open: target.pathname });
    })(),
  );
});
