/** What a scanned code is worth: the same golden claims that the server's tests keep, and what forgers try. */

import { describe, expect, test } from "vitest";
import { decode } from "../src/scan/cbor.ts";
import { Forged, readClaim, readList, statusOf, unpack, type Jwk, type StatusList } from "../src/scan/claim.ts";
import { distance, judge, resembles } from "../src/scan/judge.ts";

const files = import.meta.glob<any>("../../tests/unit/certificates/golden/*.json", { eager: true, import: "default" });
const named = (start: string) => Object.entries(files).filter(([path]) => path.includes(`/${start}-`));
const [claims, lists] = [named("claim"), named("status")];
const one = claims[0]?.[1];
const address = new URL(one.address);
const keys: Jwk[] = [one.key];
const issuedAt = Date.parse(one.issued_at) / 1000;
const hex = (bytes: Uint8Array) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
const bytes = (text: string) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

const listed = (status: number, at = issuedAt): StatusList => {
  const statuses = new Uint8Array((one.claim.index >> 2) + 1).fill(0xaa);
  const shift = 2 * (one.claim.index & 3);
  statuses[one.claim.index >> 2] = (0xaa & ~(3 << shift)) | (status << shift);
  return { at, statuses };
};
const verdict = (text: string, list: StatusList | null = listed(0), known = keys) =>
  judge(text, { origin: address.origin, keys: known, list });

test.each(claims)("%s is read as it was printed", async (_path, kept) => {
  const { claim, at } = await readClaim(new URL(kept.address), [kept.key]);
  const dated = new Date((claim.dated as number) * 86_400_000).toISOString().slice(0, 10);
  expect({ ...claim, dated, digest: hex(claim.digest) }).toEqual(kept.claim);
  expect(at * 1000).toBe(Date.parse(kept.issued_at));
});

test.each(lists)("%s is read as it was published", async (_path, kept) => {
  const list = await readList(bytes(kept.message), kept.address, [kept.key]);
  for (const [index, status] of Object.entries(kept.statuses)) expect(statusOf(list, Number(index))).toBe(status);
  expect(list.at * 1000).toBe(Date.parse(kept.issued_at));
  await expect(readList(bytes(kept.message), kept.address, keys)).rejects.toThrow();
  await expect(readList(bytes(kept.message), "https://lain.example/.well-known/status/1", [kept.key])).rejects.toThrow(Forged);
});

describe("a claim of ours", () => {
  test.each([
    [0, "valid"],
    [1, "revoked"],
    [2, "not-issued"],
    [3, "superseded"],
  ])("of which the list says %i is %s", async (status, kind) => {
    const found = await verdict(one.address, listed(status));
    expect(found).toMatchObject({ kind, code: "7Q2M4XK9TB1V8W3ZC6HD", issued: { claim: { number: one.claim.number } } });
  });

  test("is unsure where the list is older than the claim, too short, or missing", async () => {
    expect((await verdict(one.address, listed(0, issuedAt - 1))).kind).toBe("unsure");
    expect((await verdict(one.address, { at: issuedAt, statuses: new Uint8Array(4) })).kind).toBe("unsure");
    expect((await verdict(one.address, null)).kind).toBe("unsure");
  });

  test("is unheard of under keys that do not name its own, and in a version that comes later", async () => {
    expect((await verdict(one.address, null, [])).kind).toBe("unheard");
    expect((await verdict(`${address.origin}${address.pathname}#2${address.hash.slice(2)}`)).kind).toBe("unheard");
  });

  test("without a claim is an address", async () => {
    expect(await verdict(address.origin + address.pathname)).toEqual({ kind: "address", code: "7Q2M4XK9TB1V8W3ZC6HD" });
  });
});

describe("a forger", () => {
  test("moves a claim to another code", async () => {
    const moved = one.address.replace("7Q2M4XK9TB1V8W3ZC6HD", "7Q2M4XK9TB1V8W3ZC6HE");
    expect(await verdict(moved)).toMatchObject({ kind: "forged", why: "claim" });
  });

  test("changes a digit anywhere", async () => {
    const digits = address.hash.slice(1);
    for (let at = 1; at < digits.length; at += 23) {
      const changed = digits.slice(0, at) + ((Number(digits[at]) + 1) % 10) + digits.slice(at + 1);
      expect((await verdict(`${address.origin}${address.pathname}#${changed}`)).kind).not.toBe("valid");
    }
  });

  test("claims in his own words", async () => {
    for (const words of ["1", "asli", "1000", "%31", "1".repeat(600), `${"1".repeat(17)}9`])
      expect((await verdict(`${address.origin}${address.pathname}#${words}`)).kind).toBe("forged");
  });

  test.each([
    "https://naskah-contoh.example",
    "https://naskah.cont0h.example",
    "https://naskah.contoh.exarnple",
    "https://naskah.contoh.example.verifikasi.example",
    "https://naskah.contoh.example:8443",
    "http://naskah.contoh.example",
    "https://naskah.contoh.example@lain.example",
    "https://naskahcontoh.example",
    "https://www.naskah.contoh.examples",
  ])("asks for trust at %s", async (origin) => {
    expect(await verdict(`${origin}${address.pathname}${address.hash}`)).toMatchObject({ kind: "forged", why: "look-alike" });
    expect(await verdict(`${origin}${address.pathname}`)).toMatchObject({ kind: "forged", why: "look-alike" });
  });
});

test("another house's paper is not called ours, and not called forged", async () => {
  expect(await verdict(`https://surat.lain.example${address.pathname}`)).toEqual({ kind: "foreign", host: "surat.lain.example" });
});

test.each(["Kopi 2 gelas", "https://contoh-toko.example/promo", "WIFI:S:kantor;;", "https://naskah.contoh.example/meja"])(
  "«%s» is no paper's code",
  async (text) => {
    expect(await verdict(text)).toEqual({ kind: "other", text });
  },
);

test("hosts that differ by a letter resemble each other, others do not", () => {
  expect(distance("contoh", "conto")).toBe(1);
  expect(distance("", "abc")).toBe(3);
  const own = new URL("https://naskah.contoh.example");
  expect(resembles(new URL("https://naskah.contoh.exemple"), own)).toBe(true);
  expect(resembles(new URL("https://surat.lain.example"), own)).toBe(false);
});

test("what is no CBOR of ours is refused, not obeyed", () => {
  for (const odd of [[0x5a, 0xff, 0xff, 0xff, 0xff], [0x9a, 0xff, 0xff, 0xff, 0xff], Array(20).fill(0x81), [0x00, 0x00], [0xfb, 0, 0, 0, 0, 0, 0, 0, 0]])
    expect(() => decode(Uint8Array.from(odd))).toThrow();
});

test("packing is read to the byte", () => {
  expect([...unpack("1")]).toEqual([]);
  expect([...unpack("1255")]).toEqual([255]);
  expect([...unpack("100072057594037927935".slice(0, 1) + "72057594037927935")]).toEqual(Array(7).fill(255));
  expect(() => unpack("1256")).toThrow(Forged);
});
