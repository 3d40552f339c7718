import { describe, expect, it } from "vitest";
import { hasOwnStyle, printedAs, raised } from "../src/offices/admin/printed.ts";
import type { Kind, PrintedStyle } from "../src/offices/types.ts";

const agency: PrintedStyle = { block_order: ["capacity", "code", "name", "nip"], print_nip: true, print_titles: true, foot: "sentence" };
const kind: Kind = {
  code: "ST", name: "Surat Tugas", active: true, sealed: false, level: "B-LT", number_template: null,
  block_order: null, print_nip: null, print_titles: null, foot: null,
};

describe("the printed style", () => {
  it("is the agency's wherever the kind says nothing", () => {
    expect(printedAs(kind, agency)).toEqual(agency);
    expect(hasOwnStyle({ ...kind, number_template: "{urut}/{tahun}", sealed: true })).toBe(false);
  });

  it("is the kind's where it says no as well as where it says yes", () => {
    const own = { ...kind, print_nip: false, foot: "none" as const };
    expect(printedAs(own, agency)).toEqual({ ...agency, print_nip: false, foot: "none" });
    expect(hasOwnStyle(own)).toBe(true);
  });

  it("moves a part up one place and loses none", () => {
    expect(raised(agency.block_order, "name")).toEqual(["capacity", "name", "code", "nip"]);
    expect(raised(agency.block_order, "capacity")).toEqual(agency.block_order);
    expect(agency.block_order).toEqual(["capacity", "code", "name", "nip"]);
  });
});
