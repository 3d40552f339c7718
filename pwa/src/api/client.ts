/** Every call to the API goes through here: cookies, CSRF, idempotency, refresh, time-outs. */

import { noteOffline, noteOnline, noteServerTime } from "../store/network.ts";
import { Problem, problemFrom } from "./problem.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Options {
  /** Sent as JSON; a Blob is sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  /** The same key for every repetition of one intention. A new one is made otherwise. */
  key?: string;
  timeout?: number;
  signal?: AbortSignal;
}

/** What the session store lends to the client, so that neither imports the other. */
export interface Credentials {
  csrf(): Promise<string | undefined>;
  /** Renews the access cookie; false when the session is over. */
  refresh(): Promise<boolean>;
  ended(problem: Problem): void;
}

const ANONYMOUS: Credentials = {
  csrf: async () => undefined,
  refresh: async () => false,
  ended: () => undefined,
};
let credentials = ANONYMOUS;
export const lend = (lent: Credentials): void => void (credentials = lent);

const TIMEOUT = 20_000;
/** Answers to a request that carries its own proof: a 401 there is about that proof. */
const NO_REFRESH = ["/sign-in", "/session/refresh", "/invitations/"];

export const api = (path: string): string => `/api/v1${path}`;

/** Milliseconds before what only reads is asked once more: a poor line loses single requests. */
const AGAIN = 700;

async function once(method: Method, path: string, options: Options, again = method === "GET"): Promise<Response> {
  const { body, headers = {}, key, timeout = TIMEOUT, signal } = options;
  const send = new Headers({ Accept: "application/json", ...headers });
  const init: RequestInit = { method, headers: send, credentials: "same-origin", cache: "no-cache" };
  if (body instanceof Blob) init.body = body;
  else if (body !== undefined) {
    send.set("Content-Type", "application/json");
    init.body = JSON.stringify(body);
  }
  // Asked for reading too: it refuses when another person has signed in meanwhile.
  const csrf = await credentials.csrf();
  if (method !== "GET") {
    if (csrf) send.set("X-CSRF-Token", csrf);
    if (key) send.set("Idempotency-Key", key);
  }
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(new Problem("client/timeout")), timeout);
  const stop = () => clock.abort(signal?.reason);
  signal?.addEventListener("abort", stop);
  try {
    const response = await fetch(path, { ...init, signal: clock.signal });
    noteOnline();
    noteServerTime(response.headers.get("Date"));
    return response;
  } catch (error) {
    if (signal?.aborted) throw error;
    if (again && !clock.signal.aborted && navigator.onLine) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
      signal?.throwIfAborted();
      return once(method, path, options, false);
    }
    noteOffline();
    throw clock.signal.aborted ? new Problem("client/timeout") : new Problem("client/offline");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** A call with one silent renewal of the access cookie. Raises Problem for every answer but 2xx. */
export async function call(method: Method, path: string, options: Options = {}): Promise<Response> {
  const key = options.key ?? (method === "GET" ? undefined : crypto.randomUUID());
  const keyed = key ? { ...options, key } : options;
  const url = path.startsWith("/api/") ? path : api(path);
  let response = await once(method, url, keyed);
  if (response.status === 401 && !NO_REFRESH.some((part) => url.includes(part))) {
    if (await credentials.refresh()) response = await once(method, url, keyed);
  }
  if (response.ok) return response;
  const problem = await problemFrom(response);
  if (problem.status === 401 && !NO_REFRESH.some((part) => url.includes(part))) {
    credentials.ended(problem);
  }
  throw problem;
}

async function json<T>(method: Method, path: string, options?: Options): Promise<T> {
  const response = await call(method, path, options);
  if (response.status === 204) return undefined as T;
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) {
    throw new Problem("client/unreadable", { status: response.status });
  }
  return (await response.json()) as T;
}

export const read = <T>(path: string, options?: Options): Promise<T> => json("GET", path, options);
export const post = <T>(path: string, body?: unknown, options?: Options): Promise<T> =>
  json("POST", path, { body: body ?? {}, ...options });
export const replace = <T>(path: string, body: unknown, options?: Options): Promise<T> =>
  json("PUT", path, { body, ...options });
export const change = <T>(path: string, body: unknown, options?: Options): Promise<T> =>
  json("PATCH", path, { body, ...options });
export const erase = <T>(path: string, options?: Options): Promise<T> => json("DELETE", path, options);
