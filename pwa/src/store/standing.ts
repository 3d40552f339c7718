/** What this device may do at present. Reading is always allowed, and so is ticking on an enrolled one. */

import type { Session } from "../api/types.ts";

export type Standing = { kind: "ready" } | { kind: "waits"; until: Date } | { kind: "suspended" } | { kind: "unenrolled" };

/** Initials, signatures, returns and rejections wait while this is not `ready`; the server holds it. */
export function standing({ device, signing_suspended }: Session, now: Date): Standing {
  if (!device) return { kind: "unenrolled" };
  if (signing_suspended) return { kind: "suspended" };
  const until = new Date(device.may_sign_from);
  return until > now ? { kind: "waits", until } : { kind: "ready" };
}
