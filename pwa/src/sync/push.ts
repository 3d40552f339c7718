/** Web Push for this device: on, off, and why not. Payloads carry a title and an id, nothing else. */

import { erase, read, replace } from "../api/client.ts";
import { base64url, fromBase64url } from "../lib/bytes.ts";

export type PushState = "unsupported" | "denied" | "on" | "off";

const supported = (): boolean =>
  "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

export async function pushState(): Promise<PushState> {
  if (!supported()) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return (await subscription()) ? "on" : "off";
}

export async function pushOn(): Promise<PushState> {
  if ((await Notification.requestPermission()) !== "granted") return pushState();
  const { vapid_public_key: key } = await read<{ vapid_public_key: string }>("/push/key");
  const registration = await navigator.serviceWorker.ready;
  const made = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: fromBase64url(key),
  });
  const secret = (name: PushEncryptionKeyName) => base64url(made.getKey(name) as ArrayBuffer);
  await replace("/push/subscription", {
    endpoint: made.endpoint,
    keys: { p256dh: secret("p256dh"), auth: secret("auth") },
  });
  return "on";
}

/** Off on both sides; also before signing out, so that the next person hears nothing of this one. */
export async function pushOff(): Promise<PushState> {
  if (!supported()) return "unsupported";
  const made = await subscription();
  if (made) {
    await made.unsubscribe();
    await erase("/push/subscription");
  }
  return pushState();
}
