/** The outbox on this phone's disk. Each write is through before it counts. */

import { all, remove, within } from "../lib/db.ts";
import type { Entry, Store } from "./outbox.ts";

export const diskStore: Store = {
  all: () => all<Entry>("outbox"),
  add: async (entries) => {
    const keys = await within("outbox", "readwrite", (open) => entries.map((entry) => open("outbox").add(entry)));
    return entries.map((entry, i) => ({ ...entry, order: keys[i]?.result as number }));
  },
  change: async (orders, change) => {
    await within("outbox", "readwrite", (open) => {
      const records = open("outbox");
      for (const order of orders) {
        const request = records.get(order) as IDBRequest<Entry | undefined>;
        request.onsuccess = () => request.result && records.put(change(request.result));
      }
    });
  },
  remove: async (order) => void (await remove("outbox", order)),
};

/** One sending at a time on this phone: tabs and the service worker share the lock. */
export const exclusively = <T>(run: () => Promise<T>): Promise<T> =>
  navigator.locks.request("centang-outbox", run) as Promise<T>;
