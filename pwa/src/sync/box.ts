/** This phone's outbox, as pages and the service worker open it alike. */

import { get } from "../lib/db.ts";
import { carry, type Pass } from "./courier.ts";
import { csrfOf, whoIs, type Kept } from "./kept.ts";
import { diskStore, exclusively } from "./outbox-store.ts";
import { outbox } from "./outbox.ts";

export const kept = () => get<Kept>("session", "current");

/** `refresh`: how whoever opens it renews the access cookie. */
export function openBox(refresh: Pass["refresh"]) {
  const pass: Pass = { csrf: async (person) => csrfOf(await kept(), person), refresh };
  return outbox({
    store: diskStore,
    send: (entry) => carry(entry, pass),
    who: async () => whoIs(await kept()),
    now: Date.now,
    random: Math.random,
    exclusively,
  });
}
