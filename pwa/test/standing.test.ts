import { describe, expect, it } from "vitest";
import type { Device, Session } from "../src/api/types.ts";
import { standing } from "../src/store/standing.ts";

const NOW = new Date("2026-11-22T05:00:00Z");
const device = (may_sign_from: string) => ({ may_sign_from }) as Device;
const who = (more: Partial<Session>) => ({ device: device("2026-11-01T00:00:00Z"), signing_suspended: false, ...more }) as Session;

describe("a device's standing", () => {
  it("acts once its waiting time is over", () => {
    expect(standing(who({}), NOW).kind).toBe("ready");
    expect(standing(who({ device: device(NOW.toISOString()) }), NOW).kind).toBe("ready");
  });

  it("says until when a new one waits", () => {
    const until = "2026-11-23T01:00:00Z";
    expect(standing(who({ device: device(until) }), NOW)).toEqual({ kind: "waits", until: new Date(until) });
  });

  it("waits as long as signing is suspended, and without a device at all", () => {
    expect(standing(who({ signing_suspended: true }), NOW).kind).toBe("suspended");
    expect(standing(who({ device: null }), NOW).kind).toBe("unenrolled");
  });
});
