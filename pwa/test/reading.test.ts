import { describe, expect, it, vi } from "vitest";
import { Coverage, DWELL } from "../src/lib/coverage.ts";
import { clock, date, day, due, group, longDate, moment, type Zone } from "../src/lib/time.ts";
import { language } from "../src/locales/index.ts";

describe("a page counts as read", () => {
  it("once all of it stood in view for long enough", () => {
    const coverage = new Coverage();
    expect(coverage.observe(1, 0, 0.5, DWELL)).toBe(false);
    expect(coverage.observe(1, 0.5, 1, DWELL)).toBe(true);
  });

  it("not when only its top was seen", () => {
    const coverage = new Coverage();
    expect(coverage.observe(1, 0, 0.6, DWELL * 10)).toBe(false);
  });

  it("not when it flew past", () => {
    const coverage = new Coverage();
    expect(coverage.observe(1, 0, 1, DWELL / 2)).toBe(false);
    expect(coverage.observe(1, 0, 1, DWELL / 2)).toBe(true);
  });

  it("each page for itself", () => {
    const coverage = new Coverage();
    coverage.observe(1, 0, 1, DWELL);
    expect(coverage.observe(2, 0, 0.5, DWELL)).toBe(false);
  });
});

describe("time", () => {
  // 23 November 2026, 09.00 in Jakarta.
  const now = new Date("2026-11-23T02:00:00Z");
  const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);

  it("says near deadlines in hours, later today by clock, then by day", () => {
    expect(due(inHours(3), now, "WIB")).toEqual({ text: "3 jam lagi", hot: true });
    expect(due(inHours(7), now, "WIB")).toEqual({ text: "16.00", hot: false });
    expect(due(inHours(25), now, "WIB").text).toBe("Sel 10.00");
    expect(due(inHours(24 * 20), now, "WIB").text).toBe("13 Des");
    expect(due(inHours(-2), now, "WIB")).toEqual({ text: "lewat 2 jam", hot: true });
  });

  it("turns the day in the agency's own zone", () => {
    const evening = new Date("2026-11-23T15:30:00Z");
    expect(group(evening, now, "WIB")).toBe("today");
    expect(group(evening, now, "WIT")).toBe("later");
    expect(moment(evening, now, "WIB")).toBe("22.30");
    expect(group(null, now, "WIB")).toBe("undated");
  });

  it("speaks English when asked", () => {
    language.value = "en";
    expect(due(inHours(3), now, "WIB").text).toBe("in 3 h");
    expect(due(inHours(7), now, "WIB").text).toBe("16:00");
    language.value = "id";
  });

  it.each(["id", "en"] as const)("says what the browser's own formats say, all year round: %s", (spoken) => {
    language.value = spoken;
    const said = (options: Intl.DateTimeFormatOptions, at: Date, zone: string) =>
      new Intl.DateTimeFormat(spoken === "en" ? "en-GB" : "id-ID", { ...options, timeZone: zone }).format(at);
    const zones: [Zone, string][] = [["WIB", "Asia/Jakarta"], ["WITA", "Asia/Makassar"], ["WIT", "Asia/Jayapura"]];
    for (const [zone, place] of zones) {
      for (let n = 0; n < 24; n++) {
        const at = new Date(Date.UTC(2026, 0, 1, 3, 5) + n * 367 * 3_600_000);
        expect(clock(at, zone)).toBe(said({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, at, place));
        expect(date(at, zone)).toBe(said({ day: "numeric", month: "short", year: "numeric" }, at, place));
        expect(longDate(at, zone)).toBe(said({ day: "numeric", month: "long", year: "numeric" }, at, place));
        const yesterday = new Date(at.getTime() + 24 * 3_600_000);
        expect(moment(at, yesterday, zone)).toBe(`${said({ weekday: "short" }, at, place)} ${clock(at, zone)}`);
        expect(day(at, zone) === day(yesterday, zone)).toBe(false);
        const far = new Date(at.getTime() + (at.getUTCMonth() < 6 ? 30 : -30) * 24 * 3_600_000);
        expect(moment(at, far, zone)).toBe(said({ day: "numeric", month: "short" }, at, place));
      }
    }
    language.value = "id";
  });
});

describe("the trail", () => {
  it("puts the newest version first, and its newest event first", async () => {
    vi.stubGlobal("document", { documentElement: {}, addEventListener: () => undefined });
    const { chapters } = await import("../src/views/trail.tsx");
    const event = (id: string, version_ordinal: number) => ({ id, version_ordinal }) as never;
    const told = chapters([event("a", 1), event("b", 1), event("c", 2), event("d", 2)]);
    expect(told.map(({ version, voided, events }) => [version, voided, events.map(({ id }) => id)])).toEqual([
      [2, false, ["d", "c"]],
      [1, true, ["b", "a"]],
    ]);
    vi.unstubAllGlobals();
  });
});
