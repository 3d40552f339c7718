/** Carries one entry to the server. Used by pages and by the service worker alike. */

import type { Answer } from "./judge.ts";
import { keyOf, type Entry } from "./outbox.ts";

/** The session that an entry travels with. */
export interface Pass {
  /** The token of this person's session; undefined when they are not the one signed in. */
  csrf(person: string): Promise<string | undefined>;
  /** Renews the access cookie; false when the session is over. Rejects without a line. */
  refresh(): Promise<boolean>;
}

const PATIENCE = 30_000;
const SIGNED_OUT: Answer = {
  status: 401,
  type: "application/problem+json",
  body: { code: "general/sign-in-required" },
  retryAfter: null,
};

async function once(entry: Entry, csrf: string): Promise<Answer> {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), PATIENCE);
  try {
    const response = await fetch(`/api/v1${entry.path}`, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "Idempotency-Key": keyOf(entry),
        "X-CSRF-Token": csrf,
      },
      body: JSON.stringify(entry.body ?? {}),
      credentials: "same-origin",
      cache: "no-store",
      // Our server never sends us elsewhere; a portal does.
      redirect: "error",
      signal: clock.signal,
    });
    const type = (response.headers.get("Content-Type") ?? "").split(";")[0]?.trim() ?? "";
    const text = await response.text();
    return { status: response.status, type, body: parsed(text, type), retryAfter: seconds(response.headers.get("Retry-After")) };
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text: string, type: string): unknown {
  if (!type.endsWith("json")) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function seconds(header: string | null): number | null {
  const number = Number(header);
  return header && number > 0 ? number * 1000 : null;
}

/** With one silent renewal of the session. The token is bound to cookies, so another's session refuses it. */
export async function carry(entry: Entry, pass: Pass): Promise<Answer> {
  const csrf = await pass.csrf(entry.person);
  if (!csrf) return SIGNED_OUT;
  const first = await once(entry, csrf);
  if (first.status !== 401 || first.type !== SIGNED_OUT.type || !(await pass.refresh())) return first;
  const renewed = await pass.csrf(entry.person);
  return renewed ? once(entry, renewed) : SIGNED_OUT;
}
