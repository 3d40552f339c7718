import { afterEach, describe, expect, it } from "vitest";
import type { Paper } from "../src/api/desk-types.ts";
import type { InboxItem } from "../src/api/types.ts";
import { stateOf as onBoard } from "../src/desk/words.ts";
import { language } from "../src/locales/index.ts";
import { id as bulk } from "../src/locales/bulk.id.ts";
import { id as outcomes } from "../src/locales/outcomes.id.ts";
import { id as reader } from "../src/locales/reader.id.ts";
import { id as sign } from "../src/locales/sign.id.ts";
import { id as trail } from "../src/locales/trail.id.ts";
import { because, raw, sentence } from "../src/offices/officer/calls.ts";
import { stateOf as onDesk } from "../src/views/inbox.tsx";

const silent = { call: "v2 sign", at: "2026-11-22T08:00:00Z", milliseconds: 60012, outcome: "time-out", http_status: 504, code: null, reference: null };

/** Every reason for which the server leaves an outcome open or finds a file wanting. */
const REASONS = [
  "time-out", "connection-lost", "too-long", "zero-bytes", "not-signed", "several-signatures", "other-file", "changed-content",
  "other-place", "other-signer", "other-time", "no-time-stamp", "revoked", "untrusted-signer", "untrusted-time-stamp",
  "broken-signature",
];

describe("an outcome that nobody knows", () => {
  afterEach(() => {
    language.value = "id";
  });

  it("is called not certain wherever it is seen", () => {
    const item = { state: "unknown", action: "sign", lapsed: null, ticked_at: "2026-11-22T08:00:00Z" } as InboxItem;
    const paper = { state: "unknown", version: { state: "ready" } } as Paper;
    const seen = [
      onDesk(item), onBoard(paper).text, trail.unsure, trail.unsureOf, reader.unknown, sign.unsure, bulk.unknown, bulk.unsure,
      outcomes.title,
    ];
    for (const words of seen) expect(words).toMatch(/belum pasti/i);
    expect(onBoard(paper).mark).toBe("unsure");
  });

  it("is told in sentences, with the raw facts apart", () => {
    expect(sentence(silent)).toBe("Layanan diminta menandatangani. Jawabannya tidak datang sampai batas waktu.");
    expect(raw(silent)).toBe("v2 sign · HTTP 504 · time-out · 60012 ms");
    expect(sentence({ ...silent, outcome: "http-500" })).toMatch(/^Layanan diminta menandatangani\. Layanan mengaku bermasalah/);
    expect(sentence({ ...silent, call: "v9 juggle", outcome: "sideways" })).toBe(`${outcomes["asked-other"]} ${outcomes["said-other"]}`);
  });

  it("has a sentence of its own for every reason, in both languages", () => {
    for (const each of ["id", "en"] as const) {
      language.value = each;
      const said = REASONS.map(because);
      expect(new Set(said).size).toBe(REASONS.length);
      for (const words of said) expect(words).not.toMatch(/[a-z]-[a-z]+-|http/);
    }
  });
});
