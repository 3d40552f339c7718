/**
 * The service worker: the shell without a network, what waits to be sent, and notifications.
 * `/api` is never cached here; what a person reads is theirs alone and stays out of shared caches.
 */

import { isPlace } from "../src/app/paths.ts";
import "./news.ts";
import "./outgoing.ts";

declare const self: ServiceWorkerGlobalScope;
declare const __VERSION__: string;
declare const __SHELL__: string[];

/** Under a policy of its own: WebAssembly may be compiled there. */
const SCANNER = "/pindai";
/** What the scanner put aside for days without a network. */
const KEPT = "scanner";
const CACHE = `shell-${__VERSION__}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(__SHELL__)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name !== CACHE && name !== KEPT);
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
    const page = url.pathname.startsWith(SCANNER) ? SCANNER : "/";
    if (isPlace(url.pathname)) event.respondWith(shell(request, page));
  } else if (__SHELL__.includes(url.pathname)) {
    event.respondWith(shell(request, url.pathname));
  }
});
