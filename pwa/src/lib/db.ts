/** A few records in IndexedDB: device keys, the session's facts, what was read. */

const VERSION = 1;
const STORES = ["devices", "session", "reading"] as const;
export type Store = (typeof STORES)[number];

let opening: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("centang", VERSION);
    request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
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

async function run<T>(
  store: Store,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const transaction = (await open()).transaction(store, mode);
  const request = act(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error as DOMException);
  });
}

export const get = <T>(store: Store, key: string): Promise<T | undefined> =>
  run(store, "readonly", (s) => s.get(key) as IDBRequest<T | undefined>);
export const all = <T>(store: Store): Promise<T[]> =>
  run(store, "readonly", (s) => s.getAll() as IDBRequest<T[]>);
export const put = (store: Store, key: string, value: unknown): Promise<unknown> =>
  run(store, "readwrite", (s) => s.put(value, key));
export const remove = (store: Store, key: string): Promise<unknown> =>
  run(store, "readwrite", (s) => s.delete(key));
export const clear = (store: Store): Promise<unknown> => run(store, "readwrite", (s) => s.clear());

/** Reads, changes and writes one record in a single transaction, so that two tabs never race. */
export async function update<T>(store: Store, key: string, change: (old: T) => T): Promise<T> {
  const transaction = (await open()).transaction(store, "readwrite");
  const records = transaction.objectStore(store);
  return new Promise((resolve, reject) => {
    let changed: T;
    const request = records.get(key) as IDBRequest<T>;
    request.onsuccess = () => {
      changed = change(request.result);
      records.put(changed, key);
    };
    transaction.oncomplete = () => resolve(changed);
    transaction.onabort = () => reject(transaction.error as DOMException);
  });
}
