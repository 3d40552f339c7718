/** A phone that was revoked or reported lost empties itself: nothing of its person stays. */

import { clear, forgetOwn } from "../lib/db.ts";
import { forgetDevice } from "../lib/device.ts";
import { carry } from "./courier.ts";
import { csrfOf, whoIs, type Kept } from "./kept.ts";
import { diskStore, exclusively } from "./outbox-store.ts";
import { outbox } from "./outbox.ts";

/** What waits is sent once more: the server carries nothing of it out, but its owner sees what it was. */
const PATIENCE = 10_000;

async function lastWord(was: Kept): Promise<unknown> {
  const pass = { csrf: async (person: string) => csrfOf(was, person), refresh: async () => false };
  const box = outbox({
    store: diskStore,
    send: (entry) => carry(entry, pass),
    who: async () => whoIs(was),
    now: Date.now,
    random: Math.random,
    exclusively,
  });
  return Promise.race([box.flush(undefined, { force: true }), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

/** `was`: the session that ended. */
export async function wipe(was: Kept): Promise<void> {
  const person = was.person.id;
  await lastWord(was).catch(() => undefined);
  await Promise.all([forgetOwn(person, { unsent: true }), forgetDevice(person), clear("session"), clear("reading")]);
}
