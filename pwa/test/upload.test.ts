import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../src/api/problem.ts";
import { PIECE, upload } from "../src/desk/upload.ts";

vi.setConfig({ testTimeout: 30_000 });
vi.mock("../src/lib/db.ts", () => ({ get: async () => ({ csrf: "csrf-1" }) }));

const BYTES = new Uint8Array(PIECE + 5000).map((_, i) => i % 251);
const file = new File([BYTES], "naskah.pdf");

/** The server: how much it has, and what becomes of the next pieces. */
let has: number[];
let lines: ("whole" | "answer lost" | "half" | "none" | "refused" | "damaged")[];
/** What each piece that was sent said of itself, beside what it is. */
let digests: { said: string; bytes: Uint8Array<ArrayBuffer> }[];
let announced: Record<string, unknown>[];
let erased: string[];
let away: number;
let page: EventTarget;
let nudge: ReturnType<typeof setInterval>;
const VERSION = { id: "version-1" };
const place = () => ({ id: "upload-1", size: BYTES.length, offset: has.length, version: has.length === BYTES.length ? VERSION : null });
const answer = (body: unknown, status = 200) =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json" } });

class Line {
  upload = { onprogress: (_: { loaded: number }): void => undefined };
  onerror = (): void => undefined;
  onload = (): void => undefined;
  onabort = (): void => undefined;
  onloadend = (): void => undefined;
  status = 0;
  responseText = "";
  private offset = 0;
  private digest = "";
  open = (): void => undefined;
  getResponseHeader = (): string => (this.status < 400 ? "application/json" : "application/problem+json");
  setRequestHeader = (name: string, value: string): void => {
    if (name === "Upload-Offset") this.offset = Number(value);
    if (name === "Content-Digest") this.digest = value;
  };
  abort = (): void => this.onabort();
  send = (piece: ArrayBuffer): void => {
    const fate = lines.shift() ?? "whole";
    const bytes = Array.from(new Uint8Array(piece));
    expect(this.offset).toBe(has.length);
    digests.push({ said: this.digest, bytes: new Uint8Array(piece) });
    if (fate === "damaged") return this.end(422, { code: "documents/piece-damaged" });
    if (fate === "refused") return this.end(409, { code: "documents/not-editable" });
    if (fate !== "none") has = has.concat(fate === "half" ? bytes.slice(0, bytes.length / 2) : bytes);
    this.upload.onprogress({ loaded: bytes.length / 2 });
    if (fate === "whole") this.end(200, place());
    else queueMicrotask(() => this.onerror());
  };
  private end(status: number, body: unknown): void {
    this.status = status;
    this.responseText = JSON.stringify(body);
    queueMicrotask(() => this.onload());
  }
}

beforeEach(() => {
  [has, lines, announced, erased, away, digests] = [[], [], [], [], 0, []];
  vi.stubGlobal("XMLHttpRequest", Line);
  page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal(
    "fetch",
    vi.fn(async (url: string, init: RequestInit) => {
      if (away-- > 0) throw new TypeError("no line");
      if (init.method === "POST") announced.push(JSON.parse(init.body as string));
      if (init.method === "DELETE") erased.push(url);
      return init.method === "DELETE" ? answer(null, 204) : answer(place());
    }),
  );
});
afterEach(() => {
  clearInterval(nudge);
  vi.unstubAllGlobals();
});

/** The line comes back, again and again, sooner than any pause ends. */
const comesBack = () => (nudge = setInterval(() => page.dispatchEvent(new Event("online")), 2));

const whole = () => has.length === BYTES.length && has.every((byte, i) => byte === BYTES[i]);

async function run(report = vi.fn()) {
  comesBack();
  const outcome = await upload("document-1", file, report).done.catch((error: unknown) => error);
  return { outcome, report };
}

describe("an upload", () => {
  it("announces the file and sends it in pieces", async () => {
    const { outcome, report } = await run();
    expect(outcome).toEqual(VERSION);
    expect(announced).toHaveLength(1);
    expect(announced[0]).toMatchObject({ document_id: "document-1", size: BYTES.length, filename: "naskah.pdf" });
    expect(announced[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(whole()).toBe(true);
    expect(report.mock.calls.every(([, waiting]) => waiting === false)).toBe(true);
  });

  it.each([["none"], ["half"], ["answer lost"]] as const)("goes on by itself after a broken line (%s)", async (fate) => {
    lines = [fate, "whole", fate];
    const { outcome, report } = await run();
    expect(outcome).toEqual(VERSION);
    expect(whole()).toBe(true);
    expect(report.mock.calls.some(([, waiting]) => waiting)).toBe(true);
  });

  it("waits for a line that is not there at all, however long", async () => {
    away = 6;
    const { outcome } = await run();
    expect(outcome).toEqual(VERSION);
  });

  it("tries by itself when nobody says that the line is back", async () => {
    lines = ["half"];
    expect(await upload("document-1", file, () => undefined).done).toEqual(VERSION);
  });

  it("tells a refusal and stops", async () => {
    lines = ["refused"];
    const { outcome } = await run();
    expect((outcome as Problem).code).toBe("documents/not-editable");
  });

  it("says the digest of each piece, and sends one again that was damaged", async () => {
    lines = ["whole", "damaged", "damaged"];
    const { outcome } = await run();
    expect(outcome).toEqual(VERSION);
    expect(whole()).toBe(true);
    expect(digests).toHaveLength(4);
    for (const { said, bytes } of digests) {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      expect(said).toBe(`sha-256=:${btoa(String.fromCharCode(...digest))}:`);
    }
  });

  it("gives up on a line that damages the same piece every time", async () => {
    lines = Array(9).fill("damaged");
    const { outcome } = await run();
    expect((outcome as Problem).code).toBe("documents/piece-damaged");
    expect(digests).toHaveLength(5);
  });

  it("takes back what was begun when it is cancelled", async () => {
    lines = ["half", "none", "none", "none", "none", "none"];
    const sending = upload("document-1", file, () => undefined);
    const done = sending.done.catch((error: unknown) => error);
    await vi.waitFor(() => expect(has.length).toBeGreaterThan(0));
    sending.cancel();
    expect(((await done) as Problem).code).toBe("client/cancelled");
    await vi.waitFor(() => expect(erased).toHaveLength(1));
  });
});
