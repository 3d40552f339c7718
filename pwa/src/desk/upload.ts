/** Sends a PDF in pieces: what arrived stays there, and after a broken line it goes on from that place. */

import type { Version } from "../api/desk-types.ts";
import { api, erase, post, read } from "../api/client.ts";
import { asProblem, Problem, problemFrom } from "../api/problem.ts";
import { get } from "../lib/db.ts";
import type { Session } from "../api/types.ts";

export interface Upload {
  done: Promise<Version>;
  cancel: () => void;
}

/** `share` of the file that is there, 0 to 1; `waiting` while there is no line. */
export type Report = (share: number, waiting: boolean) => void;

interface Place {
  id: string;
  size: number;
  offset: number;
  version: Version | null;
}

/** A proxy that keeps a piece to itself until it is whole loses no more than this. */
export const PIECE = 1024 * 1024;
const FIRST_PAUSE = 1_000;
const DAMAGED = "documents/piece-damaged";
/** Of one piece: whatever changes it this often changes it every time. */
const MOST_DAMAGED = 5;
const LONGEST_PAUSE = 30_000;

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

const base64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** Cancelling rejects with `client/cancelled`; a refusal rejects with its own code; a broken line waits. */
export function upload(documentId: string, file: File, report: Report): Upload {
  const stop = new AbortController();
  return { done: send(documentId, file, report, stop.signal), cancel: () => stop.abort() };
}

async function send(documentId: string, file: File, report: Report, stop: AbortSignal): Promise<Version> {
  const bytes = await file.arrayBuffer().catch(() => {
    throw new Problem("client/file-gone");
  });
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  const announced = { document_id: documentId, size: bytes.byteLength, sha256, filename: file.name };
  let place: Place | null = null;
  let share = 0;
  let pause = FIRST_PAUSE;
  let damaged = 0;
  const told = (sent: number, waiting: boolean) => {
    share = sent / Math.max(1, bytes.byteLength);
    report(share, waiting);
  };
  for (;;) {
    try {
      // Announcing the same file again finds what was begun, however it ended here.
      const at: Place = place ?? (await post<Place>("/uploads", announced, { signal: stop }));
      place = at;
      if (at.version) return at.version;
      told(at.offset, false);
      const piece = bytes.slice(at.offset, at.offset + PIECE);
      place = await put(at, piece, (sent) => told(at.offset + sent, false), stop);
      pause = FIRST_PAUSE;
      damaged = 0;
    } catch (error) {
      if (stop.aborted) {
        if (place) void erase(`/uploads/${place.id}`).catch(() => undefined);
        throw new Problem("client/cancelled");
      }
      const problem = asProblem(error);
      if (problem.code === DAMAGED && ++damaged >= MOST_DAMAGED) throw problem;
      if (!goesOn(problem) || (problem.status === 401 && !place)) throw problem;
      report(share, true);
      place = await find(place, stop, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}

/** No line or somebody else's, a server that is away, another place: asking again helps. */
const PASSING = ["client/server", "client/unreadable", "general/unavailable", "documents/upload-elsewhere", "documents/incomplete", DAMAGED];
const goesOn = (problem: Problem): boolean =>
  problem.offline || PASSING.includes(problem.code) || [401, 429, 502, 503, 504].includes(problem.status);

/** After a pause, or as soon as there is a line: how far it really came. Null when nobody can tell yet. */
async function find(place: Place | null, stop: AbortSignal, pause: number): Promise<Place | null> {
  await rest(pause * (0.5 + Math.random() / 2), stop);
  if (!place || stop.aborted) return place;
  try {
    return await read<Place>(`/uploads/${place.id}`, { signal: stop });
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status === 404) return null;
    if (stop.aborted || (goesOn(problem) && problem.status !== 401)) return place;
    throw problem;
  }
}

const rest = (time: number, stop: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      stop.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, time);
    addEventListener("online", end);
    stop.addEventListener("abort", end);
  });

/** One piece, with progress, which fetch cannot tell. */
async function put(place: Place, piece: ArrayBuffer, progress: (sent: number) => void, stop: AbortSignal): Promise<Place> {
  const kept = await get<Session>("session", "current");
  const digest = base64(await crypto.subtle.digest("SHA-256", piece));
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    stop.addEventListener("abort", abort);
    request.open("PATCH", api(`/uploads/${place.id}`));
    const headers = {
      Accept: "application/json",
      "Content-Type": "application/octet-stream",
      "Upload-Offset": String(place.offset),
      // RFC 9530: damaged on the way, this piece alone is sent again.
      "Content-Digest": `sha-256=:${digest}:`,
      "X-CSRF-Token": kept?.csrf ?? "",
    };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onabort = () => reject(new Problem("client/cancelled"));
    request.onerror = () => reject(new Problem("client/offline"));
    request.onload = () => {
      const type = request.getResponseHeader("Content-Type") ?? "";
      if (request.status === 200 && type.includes("json")) return resolve(JSON.parse(request.responseText) as Place);
      const answer = new Response(request.responseText, { status: request.status, headers: { "Content-Type": type } });
      void problemFrom(answer).then(reject, reject);
    };
    request.onloadend = () => stop.removeEventListener("abort", abort);
    request.send(piece);
  });
}
