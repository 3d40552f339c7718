/** Sends a PDF with progress, which fetch cannot tell; the digest lets the server notice damage. */

import type { Version } from "../api/desk-types.ts";
import { Problem, problemFrom } from "../api/problem.ts";
import { api } from "../api/client.ts";
import { get } from "../lib/db.ts";
import type { Session } from "../api/types.ts";

export interface Upload {
  done: Promise<Version>;
  cancel: () => void;
}

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** `onProgress` gets the share sent, 0 to 1. Cancelling rejects with `client/cancelled`. */
export function upload(documentId: string, file: File, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = send(request, documentId, file, onProgress);
  return { done, cancel: () => request.abort() };
}

async function send(request: XMLHttpRequest, id: string, file: File, onProgress: (share: number) => void): Promise<Version> {
  const bytes = await file.arrayBuffer().catch(() => {
    throw new Problem("client/file-gone");
  });
  const digest = hex(await crypto.subtle.digest("SHA-256", bytes));
  const kept = await get<Session>("session", "current");
  return new Promise((resolve, reject) => {
    request.open("POST", api(`/documents/${id}/versions`));
    const headers = {
      Accept: "application/json",
      "Content-Type": "application/pdf",
      "X-Filename": encodeURIComponent(file.name),
      "X-Content-SHA256": digest,
      "X-CSRF-Token": kept?.csrf ?? "",
      // The same bytes for the same paper are the same intention, however often they are sent.
      "Idempotency-Key": `${id.slice(-12)}-${digest.slice(0, 32)}`,
    };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(1, event.total));
    request.onabort = () => reject(new Problem("client/cancelled"));
    request.onerror = () => reject(new Problem("client/offline"));
    request.onload = () => {
      const type = request.getResponseHeader("Content-Type") ?? "";
      if (request.status === 202) return resolve(JSON.parse(request.responseText) as Version);
      const answer = new Response(request.responseText, { status: request.status, headers: { "Content-Type": type } });
      void problemFrom(answer).then(reject, reject);
    };
    request.send(bytes);
  });
}
