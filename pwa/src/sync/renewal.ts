/** Renews the session where there is no page: in the service worker, and wherever the outbox runs alone. */

import { put } from "../lib/db.ts";
import { deviceOf, signJws } from "../lib/device.ts";
import { kept } from "./box.ts";
import { OVER, type Kept } from "./kept.ts";

const STALE = "identity/statement-stale";

/** The answer, and the code of a refusal. `ahead`: milliseconds by which this phone's clock is ahead. */
async function ask(now: Kept, origin: string, ahead = 0): Promise<{ response: Response; code?: string }> {
  const device = await deviceOf(now.person.id);
  const claims = { aud: origin, sub: now.person.id, iat: Math.floor((Date.now() - ahead) / 1000), jti: crypto.randomUUID() };
  const response = await fetch("/api/v1/session/refresh", {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": now.csrf },
    body: JSON.stringify(device ? { proof: await signJws(device, "device-proof+jwt", claims) } : {}),
    redirect: "error",
  });
  if (response.ok) return { response };
  const { code } = ((await response.json().catch(() => null)) ?? {}) as { code?: string };
  return { response, ...(code && { code }) };
}

/**
 * As the page renews it: a rotating cookie and, on an enrolled device, its proof. Rejects without a line.
 * A proof by a clock that is wrong is refused, and made once more by the clock of that answer.
 * `whenOver`: this phone was revoked or reported lost; it is to be emptied once the outbox is free.
 */
export async function renewKept(origin: string, whenOver: (was: Kept) => void = () => undefined): Promise<boolean> {
  const now = await kept();
  if (!now) return false;
  let { response, code } = await ask(now, origin);
  const clock = Date.parse(response.headers.get("Date") ?? "");
  if (code === STALE && !Number.isNaN(clock)) ({ response, code } = await ask(now, origin, Date.now() - clock));
  if (response.status === 410 && code === OVER) whenOver(now);
  if (response.status !== 200 || !response.headers.get("Content-Type")?.startsWith("application/json")) return false;
  const fresh = (await response.json()) as Kept;
  // Somebody else signed in meanwhile: what is kept is theirs.
  if ((await kept())?.person.id !== fresh.person.id) return false;
  await put("session", "current", { ...now, ...fresh, language: now.language, agency: fresh.agency ?? now.agency });
  return true;
}
