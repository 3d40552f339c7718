/** Records in IndexedDB: device keys, the session's facts, what was read, what waits to be sent, what is held. */

const VERSION = 3;
const STORES: Record<Store, IDBObjectStoreParameters> = {
  devices: {},
  session: {},
  reading: {},
  // Its numbers only grow, so an entry's place in the queue is never given out again.
  outbox: { keyPath: "order", autoIncrement: true },
  // Keys of these begin with the person and a space. `offline` holds facts, the others sealed records.
  offline: {},
  papers: {},
  images: {},
  // The issuer's keys and list, as anybody may have them.
  public: {},
};
export type Store = "devices" | "session" | "reading" | "outbox" | "offline" | "papers" | "images" | "public";

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("centang", VERSION);
    request.onupgradeneeded = () => {
      for (const [name, how] of Object.entries(STORES)) {
        if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name, how);
      }
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => {
        request.result.close();
        opening = undefined;
      };
      resolve(request.result);
    };
    request.onerror = () => {
      opening = undefined;
      reject(request.error as DOMException);
    };
  });
  return opening;
}

/** Acts within one transaction; what it gave is there once all of it is on the disk. */
export async function within<T>(
  stores: Store | Store[],
  mode: IDBTransactionMode,
  act: (open: (store: Store) => IDBObjectStore) => T,
): Promise<T> {
  const transaction = (await open()).transaction(stores, mode, { durability: mode === "readonly" ? "default" : "strict" });
  return new Promise((resolve, reject) => {
    transaction.onabort = () => reject(transaction.error as DOMException);
    const given = act((store) => transaction.objectStore(store));
    transaction.oncomplete = () => resolve(given);
  });
}

const run = <T>(store: Store, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
  within(store, mode, (open) => act(open(store))).then((request) => request.result);

export const get = <T>(store: Store, key: IDBValidKey): Promise<T | undefined> =>
  run(store, "readonly", (s) => s.get(key) as IDBRequest<T | undefined>);
export const all = <T>(store: Store): Promise<T[]> =>
  run(store, "readonly", (s) => s.getAll() as IDBRequest<T[]>);
export const put = (store: Store, key: string, value: unknown): Promise<unknown> =>
  run(store, "readwrite", (s) => s.put(value, key));
export const remove = (store: Store, key: IDBValidKey): Promise<unknown> =>
  run(store, "readwrite", (s) => s.delete(key));
export const clear = (store: Store): Promise<unknown> => run(store, "readwrite", (s) => s.clear());

/** Reads, changes and writes one record in a single transaction, so that two tabs never race. */
export const update = async <T>(store: Store, key: IDBValidKey, change: (old: T) => T): Promise<T> =>
  (
    await within(store, "readwrite", (open) => {
      const records = open(store);
      const done = {} as { value: T };
      const request = records.get(key) as IDBRequest<T>;
      request.onsuccess = () => {
        done.value = change(request.result);
        if (done.value !== undefined) records.keyPath === null ? records.put(done.value, key) : records.put(done.value);
      };
      return done;
    })
  ).value;

/** All keys that begin with the person's. */
const own = (person: string): IDBKeyRange => IDBKeyRange.bound(`${person} `, `${person}!`, false, true);
export const ownKey = (person: string, name: string): string => `${person} ${name}`;

/** The person's records of a store, with their names. */
export async function listOwn<T>(store: Store, person: string): Promise<[string, T][]> {
  const [keys, values] = await within(store, "readonly", (open) => [
    open(store).getAllKeys(own(person)),
    open(store).getAll(own(person)) as IDBRequest<T[]>,
  ] as const);
  return keys.result.map((key, i) => [String(key).slice(person.length + 1), values.result[i] as T]);
}

/** Their names alone. */
export const namesOwn = async (store: Store, person: string): Promise<string[]> =>
  (await run(store, "readonly", (s) => s.getAllKeys(own(person)))).map((key) => String(key).slice(person.length + 1));

/** Empties this phone of one person's papers, and of what they did not send if `unsent` too. */
export const forgetOwn = (person: string, { unsent }: { unsent: boolean }): Promise<unknown> =>
  within(["offline", "papers", "images", "outbox"], "readwrite", (open) => {
    for (const store of ["offline", "papers", "images"] as const) open(store).delete(own(person));
    if (!unsent) return;
    const walk = open("outbox").openCursor();
    walk.onsuccess = () => {
      const at = walk.result;
      if (!at) return;
      if ((at.value as { person: string }).person === person) at.delete();
      at.continue();
    };
  });
