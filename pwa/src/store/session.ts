/** Who is signed in. Kept in IndexedDB, because a service worker and other tabs must know it too. */

import { signal } from "@preact/signals";
import { change, erase, lend, post, read } from "../api/client.ts";
import { Problem, asProblem } from "../api/problem.ts";
import type { Agency, Device, Language, Session } from "../api/types.ts";
import { clear, forgetOwn, get, put, remove } from "../lib/db.ts";
import {
  createKey,
  deviceForLogin,
  deviceName,
  deviceOf,
  forgetDevice,
  keepDevice,
  rememberLogin,
  signJws,
} from "../lib/device.ts";
import { setLanguage } from "../locales/index.ts";
import { OVER } from "../sync/kept.ts";
import { epoch } from "./network.ts";

/** undefined while it is being looked up; null when nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);
/** Inside, but still enrolling: the door stays open until that is done. */
export const arriving = signal(false);
/** Why the last session ended, for the door to say. */
export const endedBecause = signal<Problem | null>(null);

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("centang");
const CURRENT = "current";
/** The CSRF token of a session that was left while the server could not be reached. */
const LEAVING = "leaving";
/** A language that was chosen here and that the server does not know yet. */
const CHOSEN = "language";

export const signedIn = (): Session => {
  if (!session.value) throw new Problem("identity/sign-in-required", { status: 401 });
  return session.value;
};

/** Before the first set-up there is no agency yet. */
const NO_AGENCY: Agency = { name: "Centang", short_name: "Centang", zone: "WIB", logo_url: null };

async function enter(answer: Session): Promise<void> {
  // An answer from before a choice does not take the choice back.
  const language = (await get<Language>("session", CHOSEN)) ?? answer.language;
  const next = { ...answer, language, agency: (answer.agency as Agency | null) ?? NO_AGENCY };
  await put("session", CURRENT, next);
  setLanguage(next.language);
  endedBecause.value = null;
  session.value = next;
}

/** Forgets everything of the person who was here; only their device key stays for next time. */
export async function leave(because: Problem | null): Promise<void> {
  await Promise.all([clear("session"), clear("reading")]);
  endedBecause.value = because;
  session.value = null;
  channel?.postMessage("left");
}

/** Another tab signed in as someone else, or out: this tab must not act for the person it shows. */
async function belongs(): Promise<Session | undefined> {
  const kept = await get<Session>("session", CURRENT);
  const shown = session.value;
  if (shown && kept?.person.id !== shown.person.id) {
    location.replace("/");
    throw new Problem("client/other-person");
  }
  return kept;
}

async function deviceProof(login: string, sub: string): Promise<{ id: string; proof: string } | undefined> {
  const device = await deviceForLogin(login);
  if (!device) return undefined;
  const claims = { aud: location.origin, sub, iat: epoch(), jti: crypto.randomUUID() };
  return { id: device.id, proof: await signJws(device, "device-proof+jwt", claims) };
}

let refreshing: Promise<boolean> | undefined;

async function refresh(): Promise<boolean> {
  const shown = session.value;
  if (!shown) return false;
  const device = await deviceProof(shown.username, shown.person.id);
  try {
    await enter(await post<Session>("/session/refresh", device ? { proof: device.proof } : {}));
    return true;
  } catch (error) {
    const problem = asProblem(error);
    if (problem.lost) throw error;
    // Not awaited: whoever asked may hold the outbox, which says its last word first.
    if (problem.code === OVER) void isOver(shown, problem);
    return false;
  }
}

/** This phone was revoked, or reported lost. */
async function isOver(was: Session, problem: Problem): Promise<void> {
  const { wipe } = await import("../sync/wipe.ts");
  await wipe(was);
  await leave(problem);
}

/** One renewal at a time; false when the session is over. Throws without a line. */
export const renewAccess = (): Promise<boolean> =>
  (refreshing ??= refresh().finally(() => (refreshing = undefined)));

lend({
  csrf: async () => (await belongs())?.csrf,
  refresh: renewAccess,
  ended: (problem) => void (session.value && leave(problem)),
});

/** Shows what is remembered at once, then asks the server who this is. */
export async function resume(): Promise<void> {
  const kept = await get<Session>("session", CURRENT);
  if (kept) setLanguage(kept.language);
  session.value = kept ?? null;
  void (kept ? renew() : finishLeaving());
}

/** Asks the server again: unread count, mandates and roles may have changed. */
export async function renew(): Promise<void> {
  const chosen = await get<Language>("session", CHOSEN);
  const fresh = await (chosen ? tell(chosen) : read<Session>("/session")).catch(() => null);
  if (fresh) await enter(fresh);
}

export interface Door {
  username: string;
  password: string;
  code?: string;
  recovery_code?: string;
}

/** Signs in; with a key of this browser for that user name, the code is not asked for. */
export async function signIn(door: Door): Promise<void> {
  await finishLeaving();
  const username = door.username.trim();
  const device = await deviceProof(username, username);
  const next = await post<Session>("/sign-in", { ...door, username, ...(device && { device }) });
  await Promise.all([clear("session"), clear("reading")]);
  const local = await deviceOf(next.person.id);
  if (local && next.device) await rememberLogin(next.person.id, username);
  // The server no longer knows this key: revoked, or of an installation that was replaced.
  if (local && !next.device) {
    await Promise.all([forgetDevice(next.person.id), forgetOwn(next.person.id, { unsent: false })]);
  }
  await enter(next);
  channel?.postMessage("entered");
}

/** Makes this browser a device of the signed-in person. */
export async function enrol(login: string): Promise<Device> {
  const { person, username } = signedIn();
  const fresh = await createKey();
  const claims = { aud: location.origin, sub: person.id, iat: epoch(), jti: crypto.randomUUID() };
  const device = await post<Device>("/devices", {
    name: deviceName(),
    public_jwk: fresh.publicJwk,
    proof: await signJws(fresh, "device-proof+jwt", claims),
  });
  await keepDevice({
    personId: person.id,
    id: device.id,
    thumbprint: fresh.thumbprint,
    key: fresh.key,
    logins: [...new Set([login, username].map((name) => name.trim().toLowerCase()))],
    seq: 0,
  });
  await renew();
  return device;
}

/** The language this person reads: here at once, in their notices as soon as the server hears it. */
export async function speak(next: Language): Promise<void> {
  await put("session", CHOSEN, next);
  await enter(signedIn());
  await enter(await tell(next));
}

async function tell(language: Language): Promise<Session> {
  const answer = await change<Session>("/session", { language });
  if ((await get<Language>("session", CHOSEN)) === language) await remove("session", CHOSEN);
  return answer;
}

/** Signs out here at once; a server that cannot be told now is told at the next contact. */
export async function signOut(): Promise<void> {
  const { csrf, person } = signedIn();
  const told = await erase("/session").then(
    () => true,
    (error: unknown) => !asProblem(error).lost,
  );
  await Promise.all([leave(null), forgetOwn(person.id, { unsent: true })]);
  if (!told) await put("session", LEAVING, csrf);
}

let finishing: Promise<void> | undefined;

/** Tells the server of a sign-out it has not heard of. The token fits that one session and no other. */
const finishLeaving = (): Promise<void> => (finishing ??= finish().finally(() => (finishing = undefined)));

async function finish(): Promise<void> {
  const csrf = await get<string>("session", LEAVING);
  if (!csrf) return;
  try {
    await erase("/session", { headers: { "X-CSRF-Token": csrf } });
  } catch (error) {
    if (asProblem(error).lost) return;
  }
  await remove("session", LEAVING);
}

channel?.addEventListener("message", () => void belongs().catch(() => undefined));
if (typeof document !== "undefined") {
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && session.value) void belongs().catch(() => undefined);
  });
}
if (typeof window !== "undefined") {
  window.addEventListener("online", () => void (session.value === null && finishLeaving()));
}
