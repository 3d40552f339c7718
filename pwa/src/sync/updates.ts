/** Registers the service worker and tells when a newer build has been fetched. */

import { say } from "../components/toast.tsx";
import { t } from "../locales/core.ts";
import { go } from "../app/router.ts";
import { workerUrl } from "../app/trusted.ts";

const HOURLY = 3_600_000;

function offer(waiting: ServiceWorker): void {
  say(t("updateReady"), { label: t("updateNow"), run: () => waiting.postMessage("take-over") });
}

function watch(registration: ServiceWorkerRegistration): void {
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state === "installed" && navigator.serviceWorker.controller) offer(coming);
    });
  });
}

export async function keepUpdated(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  const controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controlled) location.reload();
  });
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<{ open?: string }>) => {
    if (data.open) go(data.open);
  });
  const registration = await navigator.serviceWorker.register(workerUrl("/sw.js"), { updateViaCache: "none" });
  watch(registration);
  setInterval(() => void registration.update().catch(() => undefined), HOURLY);
}
