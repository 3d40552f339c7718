import { beforeEach, describe, expect, it } from "vitest";
import type { StepDetail } from "../../src/api/types.ts";
import { pull, START, type Batch, type Change, type Changes, type FeedPorts, type Progress } from "../../src/sync/feed.ts";
import { good, plan, rankOf, room, ROOM } from "../../src/sync/prefetch.ts";

const step = (id: string, secrecy = "biasa"): Change =>
  ({ kind: "step", id, deleted: false, data: { step_id: id, secrecy } as unknown as StepDetail });
const gone = (id: string): Change => ({ kind: "step", id, deleted: true, data: null });

class Shelf implements FeedPorts {
  readonly papers = new Map<string, { kept: boolean; generation: number }>();
  readonly facts = new Map<string, unknown>();
  readonly asked: (string | null)[] = [];
  state: Progress = START;
  wiped = false;
  pages: (Changes | Error)[] = [];

  async ask(since: string | null): Promise<Changes> {
    this.asked.push(since);
    const next = this.pages.shift();
    if (next instanceof Error) throw next;
    return next ?? { items: [], cursor: since ?? "start", more: false, reset: false };
  }
  progress = async () => this.state;
  async write({ papers, facts, progress, sweep }: Batch): Promise<void> {
    for (const [id, given] of papers) {
      if (given) this.papers.set(id, { kept: given !== "not-kept", generation: progress.generation });
      else this.papers.delete(id);
    }
    for (const [name, value] of facts) this.facts.set(name, value);
    if (sweep) for (const [id, one] of this.papers) if (one.generation < progress.generation) this.papers.delete(id);
    this.state = progress;
  }
  wipe = async () => void (this.wiped = true);
  now = () => 1_000;
}

const page = (cursor: string, items: Change[], more = false, reset = false): Changes => ({ items, cursor, more, reset });

let shelf: Shelf;
beforeEach(() => (shelf = new Shelf()));

describe("the feed", () => {
  it("is followed page by page and goes on where it was broken off", async () => {
    shelf.pages = [page("1", [step("a")], true, true), new TypeError("no line")];
    await expect(pull(shelf)).rejects.toThrow("no line");
    expect(shelf.state).toMatchObject({ cursor: "1", at: null });
    shelf.pages = [page("2", [step("b")], true), page("3", [gone("a")])];
    await pull(shelf);
    expect(shelf.asked).toEqual([null, "1", "1", "2"]);
    expect([...shelf.papers.keys()]).toEqual(["b"]);
    expect(shelf.state).toMatchObject({ cursor: "3", at: 1_000 });
  });

  it("after a reset drops what does not come again, but only once all has come", async () => {
    shelf.pages = [page("1", [step("a"), step("b")], false, true)];
    await pull(shelf);
    shelf.pages = [page("9", [step("b")], true, true), new TypeError("no line")];
    await pull(shelf).catch(() => undefined);
    expect([...shelf.papers.keys()].sort()).toEqual(["a", "b"]);
    shelf.pages = [page("10", [step("c")])];
    await pull(shelf);
    expect([...shelf.papers.keys()].sort()).toEqual(["b", "c"]);
  });

  it.each(["rahasia", "sangat-rahasia"])("never keeps a paper that is %s, whatever the server sends", async (secrecy) => {
    shelf.pages = [page("1", [step("a", secrecy)])];
    await pull(shelf);
    expect(shelf.papers.get("a")?.kept).toBe(false);
  });

  it("keeps only that a paper may not be kept", async () => {
    shelf.pages = [page("1", [{ kind: "step", id: "a", deleted: false, data: { step_id: "a", document_id: "d", keep: false } }])];
    await pull(shelf);
    expect(shelf.papers.get("a")?.kept).toBe(false);
  });

  it.each([
    ["wiped", { current: true, revoked_at: null, wipe: true }, true],
    ["revoked", { current: true, revoked_at: "2026-01-01T00:00:00Z", wipe: false }, true],
    ["fine", { current: true, revoked_at: null, wipe: false }, false],
    ["another one that is lost", { current: false, revoked_at: "2026-01-01T00:00:00Z", wipe: true }, false],
  ])("empties a phone that is to be %s: %o", async (_name, data, wiped) => {
    shelf.pages = [page("1", [{ kind: "device", id: "d", deleted: false, data }, step("a")])];
    await pull(shelf);
    expect(shelf.wiped).toBe(wiped);
    expect(shelf.papers.size).toBe(wiped ? 0 : 1);
  });

  it("ends when a server says more but does not advance", async () => {
    shelf.pages = [page("1", [], true), page("1", [], true), page("1", [], true)];
    await pull(shelf);
    expect(shelf.asked).toHaveLength(2);
  });
});

const image = (sha256: string, bytes = 10) => ({ url: `/${sha256}`, type: "image/webp", bytes, sha256 });

describe("page images", () => {
  it("are fetched for the most urgent first, whole papers only, within the room", () => {
    const papers = [
      { rank: 3, images: [image("c1")] },
      { rank: 1, images: [image("a1"), image("a2")] },
      { rank: 2, images: [image("b1", 30), image("b2", 30)] },
    ];
    const { fetch, drop } = plan(papers, new Set(["old", "a1"]), 40);
    expect(fetch.map(({ sha256 }) => sha256)).toEqual(["a2", "c1"]);
    expect(drop).toEqual(["old"]);
  });

  it("make room for a more urgent paper", () => {
    const papers = [{ rank: 2, images: [image("later")] }, { rank: 1, images: [image("urgent")] }];
    expect(plan(papers, new Set(["later"]), 10)).toMatchObject({ drop: ["later"], fetch: [{ sha256: "urgent" }] });
  });

  it.each([
    [undefined, true],
    [{ effectiveType: "4g" }, true],
    [{ effectiveType: "4g", saveData: true }, false],
    [{ effectiveType: "3g" }, false],
    [{ effectiveType: "2g" }, false],
    [{ effectiveType: "slow-2g" }, false],
  ])("on the line %o are fetched ahead: %s", (line, fetched) => expect(good(line)).toBe(fetched));

  it("take a tenth of what the browser grants at most", () => {
    expect(room(100_000_000)).toBe(10_000_000);
    expect(room(undefined)).toBe(ROOM);
    expect(room(1e12)).toBe(ROOM);
  });

  it("come by urgency, then by deadline, and last without one", () => {
    const rank = (urgency: "biasa" | "segera" | "amat-segera", due_at: string | null) => rankOf({ urgency, due_at });
    const ranks = [
      rank("amat-segera", null),
      rank("segera", "2026-01-01T00:00:00Z"),
      rank("biasa", "2026-01-01T00:00:00Z"),
      rank("biasa", "2026-02-01T00:00:00Z"),
      rank("biasa", null),
    ];
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  });
});
