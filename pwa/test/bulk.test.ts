import { describe, expect, it } from "vitest";
import type { BatchSummary } from "../src/api/signing-types.ts";
import type { InboxItem } from "../src/api/types.ts";
import { nextPause, progressOf, secondsLeft, signable, spoken, tally, unread } from "../src/lib/bulk.ts";

const paper = (more: Partial<InboxItem>) => ({ action: "sign", state: "open", ticked_at: null, ...more }) as InboxItem;
const batch = (more: Partial<BatchSummary>) =>
  ({ state: "running", total: 10, done: 0, failed: 0, unknown: 0, remaining: 10, ...more }) as BatchSummary;

describe("choosing papers", () => {
  it("takes only what was ticked and is to be signed", () => {
    const ticked = { state: "ticked", ticked_at: "2026-11-22T01:00:00Z" } as const;
    expect(signable(paper(ticked))).toBe(true);
    expect(signable(paper({}))).toBe(false);
    expect(signable(paper({ ...ticked, action: "initial" }))).toBe(false);
    expect(signable(paper({ ...ticked, state: "processing" }))).toBe(false);
    expect(signable(paper({ ...ticked, state: "unknown" }))).toBe(false);
  });

  it("offers to read what is not ticked, and only that", () => {
    expect(unread(paper({}))).toBe(true);
    expect(unread(paper({ state: "ticked" }))).toBe(false);
    expect(unread(paper({ action: "initial" }))).toBe(false);
  });

  it("counts by kind, most first", () => {
    expect(tally(["SE", "SPM", "SPM", "ST"])).toEqual([["SPM", 2], ["SE", 1], ["ST", 1]]);
  });
});

describe("watching a batch", () => {
  it("asks each second while something happens and calmly while nothing does", () => {
    let pause = nextPause(1_000, false);
    expect(pause).toBeGreaterThan(1_000);
    for (let i = 0; i < 10; i += 1) pause = nextPause(pause, false);
    expect(pause).toBe(5_000);
    expect(nextPause(pause, true)).toBe(1_000);
  });

  it("notices every change that it must show", () => {
    const before = progressOf(batch({}));
    for (const change of [{ done: 1 }, { failed: 1 }, { unknown: 1 }, { remaining: 9 }, { state: "paused" }] as const) {
      expect(progressOf(batch(change))).not.toBe(before);
    }
  });

  it("says how long it takes only when it has seen some of it", () => {
    expect(secondsLeft(0, 100, 5_000)).toBeNull();
    expect(secondsLeft(50, 0, 5_000)).toBeNull();
    expect(secondsLeft(50, 100, 1_000)).toBeNull();
    expect(secondsLeft(50, 100, 5_000)).toBe(10);
  });

  it("is read aloud by tens, and at the end", () => {
    expect([spoken(9, 25), spoken(19, 25), spoken(25, 25)]).toEqual([0, 10, 25]);
  });
});
