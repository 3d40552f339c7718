/** The outbox on this phone's disk. Each write is through before it counts. */

import { all, remove, update, within } from "../lib/db.ts";
import type { Entry, Store } from "./outbox.ts";

export const diskStore: Store = {
  all: () => all<Entry>("outbox"),
  add: async (entry) => {
    const key = await within("outbox", "readwrite", (open) => open("outbox").add(entry));
    return { ...entry, order: key.result as number };
  },
  change: async (order, change) => {
    await update<Entry | undefined>("outbox", order, (old) => old && change(old));
  },
  remove: async (order) => void (await remove("outbox", order)),
};

/** One sending at a time on this phone: tabs and the service worker share the lock. */
export const exclusively = <T>(run: () => Promise<T>): Promise<T> =>
  navigator.locks.request("centang-outbox", run) as Promise<T>;
