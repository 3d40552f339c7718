/** The session as pages and the service worker share it on the disk. */

import type { Session } from "../api/types.ts";
import type { Who } from "./outbox.ts";

export type Kept = Session;

/** What a phone hears that was revoked or reported lost. */
export const OVER = "identity/device-over";

/** The token of this person's session, and of nobody else's. */
export const csrfOf = (kept: Kept | undefined, person: string): string | undefined =>
  kept?.person.id === person ? kept.csrf : undefined;

export const whoIs = (kept: Kept | undefined): Who | null =>
  kept ? { person: kept.person.id, device: kept.device?.id ?? null } : null;
