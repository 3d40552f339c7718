/** Renews the session where there is no page: in the service worker, and wherever the outbox runs alone. */

import { put } from "../lib/db.ts";
import { deviceOf, signJws } from "../lib/device.ts";
import { kept } from "./box.ts";
import { OVER, type Kept } from "./kept.ts";

/**
 * As the page renews it: a rotating cookie and, on an enrolled device, its proof. Rejects without a line.
 * `whenOver`: this phone was revoked or reported lost; it is to be emptied once the outbox is free.
 */
export async function renewKept(origin: string, whenOver: (was: Kept) => void = () => undefined): Promise<boolean> {
  const now = await kept();
  if (!now) return false;
  const device = await deviceOf(now.person.id);
  const claims = { aud: origin, sub: now.person.id, iat: Math.floor(Date.now() / 1000), jti: crypto.randomUUID() };
  const response = await fetch("/api/v1/session/refresh", {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": now.csrf },
    body: JSON.stringify(device ? { proof: await signJws(device, "device-proof+jwt", claims) } : {}),
    redirect: "error",
  });
  if (response.status === 410) {
    const { code } = (await response.json().catch(() => ({}))) as { code?: string };
    if (code === OVER) whenOver(now);
  }
  if (response.status !== 200 || !response.headers.get("Content-Type")?.startsWith("application/json")) return false;
  const fresh = (await response.json()) as Kept;
  // Somebody else signed in meanwhile: what is kept is theirs.
  if ((await kept())?.person.id !== fresh.person.id) return false;
  await put("session", "current", { ...now, ...fresh, language: now.language, agency: fresh.agency ?? now.agency });
  return true;
}
