/** Web Push for this device: on, off, and why not. Payloads carry a title and an id, nothing else. */

import { erase, read, replace } from "../api/client.ts";
import { base64url, fromBase64url } from "../lib/bytes.ts";
import { get, put, remove } from "../lib/db.ts";

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
  await register();
  return "on";
}

/** When the server last heard of this browser's address. */
const TOLD = "push-told";
const DAY = 86_400_000;

/**
 * Once a day, where it was switched on: browsers change an address or lose it, and the server forgets
 * one that failed, all in silence.
 */
export async function keepPush(): Promise<void> {
  if (!supported() || Notification.permission !== "granted") return;
  const told = await get<number>("session", TOLD);
  if (told === undefined || Math.abs(Date.now() - told) < DAY) return;
  await register();
}

async function register(): Promise<void> {
  const { vapid_public_key: key } = await read<{ vapid_public_key: string }>("/push/key");
  const { pushManager } = await navigator.serviceWorker.ready;
  const how = { userVisibleOnly: true, applicationServerKey: fromBase64url(key) };
  const made = await pushManager.subscribe(how).catch(async () => {
    // An address that was made for another installation's key stands in the way.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(how);
  });
  const secret = (name: PushEncryptionKeyName) => base64url(made.getKey(name) as ArrayBuffer);
  await replace("/push/subscription", {
    endpoint: made.endpoint,
    keys: { p256dh: secret("p256dh"), auth: secret("auth") },
  });
  await put("session", TOLD, Date.now());
}

/** Off on both sides; also before signing out, so that the next person hears nothing of this one. */
export async function pushOff(): Promise<PushState> {
  if (!supported()) return "unsupported";
  await remove("session", TOLD);
  const made = await subscription();
  if (made) {
    await made.unsubscribe();
    await erase("/push/subscription");
  }
  return pushState();
}
