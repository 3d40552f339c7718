/**
 * The service worker: the shell without a network, and notifications.
 * `/api` is never cached here; what a person reads is theirs alone and stays out of shared caches.
 */

import { isPlace } from "../src/app/paths.ts";
import "./outgoing.ts";

declare const self: ServiceWorkerGlobalScope;
declare const __VERSION__: string;
declare const __SHELL__: string[];

const CACHE = `shell-${__VERSION__}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(__SHELL__)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") void self.skipWaiting();
});

async function shell(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(name)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (isPlace(url.pathname)) event.respondWith(shell(request, "/"));
  } else if (__SHELL__.includes(url.pathname)) {
    event.respondWith(shell(request, url.pathname));
  }
});

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

const place = ({ id, step }: Message): string => (step ? `/naskah/${step}` : id ? `/pemberitahuan/${id}` : "/meja");

/** A payload carries an id and a generic title, never a subject. */
self.addEventListener("push", (event) => {
  let message: Message = {};
  try {
    message = (event.data?.json() ?? {}) as Message;
  } catch {
    // An empty or foreign payload still deserves its notification: browsers demand one.
  }
  const announced: Announced = {
    tag: message.step ?? message.id ?? "centang",
    renotify: true,
    icon: "/icon-192.png",
    badge: "/badge-96.png",
    data: { url: place(message) },
  };
  const title = message.title ?? "Ada naskah menunggu Anda di Centang.";
  event.waitUntil(Promise.all([self.registration.showNotification(title, announced), badge(message.waits)]));
});

/** The number on the icon, where the system has one. */
async function badge(waits: number | undefined): Promise<void> {
  if (waits === undefined || !("setAppBadge" in navigator)) return;
  await navigator.setAppBadge(waits).catch(() => undefined);
}

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
