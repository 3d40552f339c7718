import { beforeEach, describe, expect, it } from "vitest";
import type { Verdict } from "../../src/sync/judge.ts";
import { builtOn, FIRST_PAUSE, keyOf, LONGEST_PAUSE, pause, type Entry, type Outbox } from "../../src/sync/outbox.ts";
import { ANI, answer, BUDI, draft, Phone, PORTAL, Server } from "./world.ts";

let phone: Phone;
let server: Server;
let sent: string[];
let tab: Outbox;

const deliver = async (entry: Entry) => {
  sent.push(entry.id);
  return server.receive(entry, phone.who?.person ?? "nobody");
};
const gone = async () => {
  throw new TypeError("no line");
};

beforeEach(() => {
  phone = new Phone();
  server = new Server();
  sent = [];
  tab = phone.tab(deliver);
});

describe("an entry", () => {
  it("leaves the phone on the answer of this server about this paper, and tells it", async () => {
    const tick = await tab.add(draft("tick", "a"));
    const told: [string, Verdict["kind"]][] = [];
    const flushed = await tab.flush((entry, verdict) => told.push([entry.id, verdict.kind]));
    expect(told).toEqual([[tick.id, "delivered"]]);
    expect(await tab.all()).toEqual([]);
    expect(flushed).toEqual({ stopped: null, next: null });
  });

  it.each([
    ["a portal's page", PORTAL, "portal"],
    ["a portal's JSON", answer(200, { login: true }), "portal"],
    ["an answer about another step", answer(200, { step_id: "another" }), "portal"],
    ["an empty 200", { ...PORTAL, type: "application/json" }, "portal"],
    ["a 204", answer(204, undefined, ""), "portal"],
    ["a portal's refusal", { ...PORTAL, status: 403 }, "portal"],
    ["a proxy's missing page", answer(404, {}, "text/html"), "portal"],
    ["a redirect", { ...PORTAL, status: 302 }, "portal"],
  ])("stays after %s, which is no delivery", async (_name, given, stopped) => {
    await tab.add(draft("tick", "a"));
    expect((await phone.tab(async () => given).flush()).stopped).toBe(stopped);
    const [kept] = await tab.all();
    expect(kept).toMatchObject({ tries: 1, refused: null });
    await tab.flush(undefined, { force: true });
    expect(server.effects).toHaveLength(1);
  });

  it("is sent again with the same key when the answer was lost, and takes effect once", async () => {
    const tick = await tab.add(draft("tick", "a"));
    await phone
      .tab(async (entry) => {
        await deliver(entry);
        throw new TypeError("the answer is lost");
      })
      .flush();
    await tab.flush(undefined, { force: true });
    expect(sent).toEqual([tick.id, tick.id]);
    expect(server.effects).toHaveLength(1);
    expect(await tab.all()).toEqual([]);
  });

  it("counts as delivered when the server says that this very request was carried out before", async () => {
    await tab.add(draft("initial", "a"));
    await phone.tab(async () => answer(409, { code: "general/already-done" })).flush();
    expect(await tab.all()).toEqual([]);
  });

  it("waits for whoever is over quota as long as the server asks", async () => {
    await tab.add(draft("tick", "a"));
    const busy = { ...answer(429, { code: "general/too-many" }), retryAfter: 60_000 };
    expect((await phone.tab(async () => busy).flush()).next).toBe(60_000);
  });
});

describe("order", () => {
  it("is kept on one document and across what was made while sending", async () => {
    const tick = await tab.add(draft("tick", "a"));
    let late: Entry | undefined;
    const busy = phone.tab(async (entry) => {
      late ??= await tab.add(draft("initial", "a"));
      return deliver(entry);
    });
    await busy.flush();
    expect(sent).toEqual([tick.id, late?.id]);
  });

  it("holds what follows on the same document while its first waits, and lets others go", async () => {
    server.poisoned.add("a");
    await tab.add(draft("tick", "a"));
    await tab.add(draft("initial", "a"));
    const other = await tab.add(draft("tick", "b"));
    await tab.flush();
    expect(server.effects.map(({ id }) => id)).toEqual([other.id]);
    expect((await tab.all()).map(({ document, tries }) => [document, tries])).toEqual([["a", 1], ["a", 0]]);
  });

  it("never lets one that breaks every line stand before the others", async () => {
    await tab.add(draft("tick", "poison"));
    const good = await tab.add(draft("tick", "b"));
    const breaks = phone.tab(async (entry) => (entry.document === "poison" ? gone() : deliver(entry)));
    await breaks.flush();
    await breaks.flush(undefined, { force: true });
    expect(server.effects.map(({ id }) => id)).toEqual([good.id]);
    expect(await tab.all()).toHaveLength(1);
  });
});

describe("one statement about several papers", () => {
  const of = (document: string, more = {}) => ({ ...draft("sign", document), path: "/sync/authorisations", envelope: "jti", ...more });
  const items = (...outcomes: [string, string, string?][]) =>
    answer(200, { items: outcomes.map(([document_id, outcome, code]) => ({ document_id, outcome, problem: code ? { code, params: {}, detail: "" } : null })) });

  it("is sent once, and its answer is judged for each of them", async () => {
    const entries = await tab.addAll([of("a"), of("b"), of("c")]);
    const both = phone.tab(async (entry) => {
      sent.push(keyOf(entry));
      return items(["a", "signed"], ["b", "refused", "routing/withdrawn"], ["c", "signed"]);
    });
    const told: [string, Verdict["kind"]][] = [];
    await both.flush((entry, verdict) => told.push([entry.document, verdict.kind]));
    expect(sent).toEqual(["jti"]);
    expect(told).toEqual([["a", "delivered"], ["b", "refused"], ["c", "delivered"]]);
    expect((await tab.all()).map(({ id, refused }) => [id, refused?.code])).toEqual([[entries[1]?.id, "routing/withdrawn"]]);
  });

  it("stays where it is signed still, is asked for again, and nothing else of it", async () => {
    await tab.addAll([of("a"), of("b"), of("c")]);
    const working = phone.tab(async () => ({ ...items(["a", "refused", "routing/withdrawn"], ["b", "signing"], ["c", "signed"]), status: 202 }));
    await working.flush();
    expect((await tab.all()).map(({ document, refused }) => [document, refused?.code])).toEqual([["a", "routing/withdrawn"], ["b", undefined]]);
    const died = phone.tab(async () => items(["a", "refused", "routing/withdrawn"], ["b", "refused", "signing/interrupted"], ["c", "signed"]));
    await died.flush(undefined, { force: true });
    expect((await tab.all()).map(({ document, refused }) => [document, refused?.code])).toEqual([["a", "routing/withdrawn"], ["b", "signing/interrupted"]]);
  });

  it("waits until every one of them is ticked, and lets other papers go", async () => {
    server.poisoned.add("b");
    await tab.add(draft("tick", "a"));
    await tab.add(draft("tick", "b"));
    await tab.addAll([of("a"), of("b")]);
    await tab.add(draft("tick", "c"));
    await tab.flush();
    expect(server.effects.map(({ document }) => document)).toEqual(["a", "c"]);
    expect((await tab.all()).map(({ act, tries }) => [act, tries])).toEqual([["tick", 1], ["sign", 0], ["sign", 0]]);
  });

  it("goes although the tick of one was refused: the server judges each", async () => {
    server.replaced.add("a");
    await tab.add(draft("tick", "a"));
    await tab.addAll([of("a"), of("b")]);
    const line = phone.tab(async (entry) =>
      entry.act === "sign" ? items(["a", "refused", "routing/not-ticked"], ["b", "signed"]) : deliver(entry),
    );
    await line.flush();
    expect((await tab.all()).map(({ act, refused }) => [act, refused?.code])).toEqual([
      ["tick", "routing/version-replaced"],
      ["sign", "routing/not-ticked"],
    ]);
  });

  it("is refused, tried again and put away whole", async () => {
    await tab.addAll([of("a"), of("b")]);
    const waits = phone.tab(async () => answer(409, { code: "identity/device-waits" }));
    await waits.flush();
    const [head, other] = (await tab.all()) as [Entry, Entry];
    expect([head.refused?.code, builtOn(other)]).toEqual(["identity/device-waits", head.id]);
    await tab.retry(head);
    expect((await tab.all()).map(({ refused }) => refused)).toEqual([null, null]);
    await waits.flush(undefined, { force: true });
    await tab.dismiss((await tab.all())[0] as Entry);
    expect(await tab.all()).toEqual([]);
  });

  it("is taken back whole, by any of them or by what it was built on, and not once it left", async () => {
    const tick = await tab.add(draft("tick", "a"));
    await tab.addAll([of("a"), of("b")]);
    expect((await tab.withdraw(tick)).map(({ document }) => document)).toEqual(["b", "a", "a"]);
    expect(await tab.all()).toEqual([]);
    const [, second] = await tab.addAll([of("a"), of("b")]);
    await phone.tab(gone).flush();
    expect(await tab.withdraw(second as Entry)).toEqual([]);
    expect(await tab.all()).toHaveLength(2);
  });

  it("is kept whole or not at all", async () => {
    phone.disk.full = true;
    await expect(tab.addAll([of("a"), of("b")])).rejects.toThrow();
    expect(await tab.all()).toEqual([]);
  });
});

describe("what a lost phone sends", () => {
  it("is shown to its owner whole: what was built on it is sent as well", async () => {
    await tab.add(draft("tick", "a"));
    await tab.add(draft("sign", "a"));
    const lost = phone.tab(async () => answer(403, { code: "offline/quarantined" }, "application/problem+json"));
    await lost.flush();
    expect((await tab.all()).map(({ refused }) => refused?.code)).toEqual(["offline/quarantined", "offline/quarantined"]);
  });
});

describe("a refusal", () => {
  beforeEach(async () => {
    server.replaced.add("a");
    await tab.add(draft("tick", "a"));
    await tab.add(draft("initial", "a"));
    await tab.add(draft("tick", "b"));
    await tab.flush();
  });

  it("is kept for the person to see, with what was built on it, and stops no other document", async () => {
    const [tick, initial] = await tab.all();
    expect(tick?.refused?.code).toBe("routing/version-replaced");
    expect(initial?.refused).toEqual({ code: "client/earlier-refused", params: { entry: tick?.id }, detail: "" });
    expect(server.effects.map(({ document }) => document)).toEqual(["b"]);
  });

  it("is not sent again by itself", async () => {
    server.replaced.clear();
    sent = [];
    await tab.flush(undefined, { force: true });
    expect(sent).toEqual([]);
  });

  it("can be tried again in its order", async () => {
    server.replaced.clear();
    const [tick] = await tab.all();
    await tab.retry(tick as Entry);
    await tab.flush();
    expect(server.effects.filter(({ document }) => document === "a")).toHaveLength(2);
    expect(await tab.all()).toEqual([]);
  });

  it("says nothing of what was on its way already when this was tried again and refused again", async () => {
    const [tick] = await tab.all();
    const anew = await tab.add(draft("return", "a"));
    await phone.tab(gone).flush();
    await tab.retry(tick as Entry);
    await tab.flush(undefined, { force: true });
    const left = await tab.all();
    expect(left.find(({ id }) => id === anew.id)?.refused?.code).not.toBe("client/earlier-refused");
  });

  it("does not stand in the way of what the person does anew", async () => {
    server.replaced.clear();
    const anew = await tab.add(draft("tick", "a"));
    await tab.flush();
    expect(server.effects.map(({ id }) => id)).toContain(anew.id);
    expect(await tab.all()).toHaveLength(2);
  });

  it("is put away with what was built on it, and nothing else", async () => {
    await tab.add(draft("tick", "a"));
    const [tick] = await tab.all();
    await tab.dismiss(tick as Entry);
    expect((await tab.all()).map(({ refused }) => refused)).toEqual([null]);
  });
});

describe("a session", () => {
  it("that is over pauses everything and loses nothing", async () => {
    await tab.add(draft("tick", "a"));
    await tab.add(draft("tick", "b"));
    const ended = phone.tab(async () => answer(401, { code: "identity/session-ended" }));
    expect(await ended.flush()).toEqual({ stopped: "signed-out", next: null });
    expect(await tab.all()).toHaveLength(2);
    await tab.flush();
    expect(server.effects).toHaveLength(2);
  });

  it("of another person on the same phone never sends them", async () => {
    await tab.add(draft("tick", "a"));
    phone.who = BUDI;
    const own = await tab.add(draft("tick", "b", BUDI));
    await tab.flush(undefined, { force: true });
    expect(server.effects).toEqual([{ id: own.id, by: "budi", document: "b" }]);
    phone.who = ANI;
    await tab.flush();
    expect(server.effects.map(({ by }) => by)).toEqual(["budi", "ani"]);
  });

  it("that changes in the middle of a sending stops it", async () => {
    await tab.add(draft("tick", "a"));
    await tab.add(draft("tick", "b"));
    const switching = phone.tab(async (entry) => {
      const given = await deliver(entry);
      phone.who = BUDI;
      return given;
    });
    await switching.flush();
    expect(server.effects).toHaveLength(1);
  });

  it("on another key of the same person shows the entry instead of sending it", async () => {
    await tab.add(draft("tick", "a"));
    phone.who = { ...ANI, device: "new-key" };
    await tab.flush();
    expect(server.effects).toEqual([]);
    expect((await tab.all())[0]?.refused?.code).toBe("client/other-device");
  });
});

describe("time", () => {
  it("backs off with each attempt, by chance, and never beyond five minutes", () => {
    expect(pause(1, 0)).toBe(FIRST_PAUSE / 2);
    expect(pause(3, 0.999)).toBeLessThan(FIRST_PAUSE * 4);
    expect(pause(3, 0)).toBeGreaterThan(pause(2, 0));
    expect(pause(999, 0.999)).toBeLessThanOrEqual(LONGEST_PAUSE);
  });

  it("holds back what is not due, and says when it will be", async () => {
    await tab.add(draft("tick", "a"));
    const { next } = await phone.tab(gone).flush();
    await tab.flush();
    expect(sent).toEqual([]);
    phone.clock += next as number;
    await tab.flush();
    expect(sent).toHaveLength(1);
  });

  it("set back by hours holds nothing for hours", async () => {
    await tab.add(draft("tick", "a"));
    await phone.tab(gone).flush();
    phone.clock -= 7 * 3_600_000;
    await tab.flush();
    expect(server.effects).toHaveLength(1);
  });
});

describe("a phone", () => {
  it("that has no room says so and claims nothing", async () => {
    phone.disk.full = true;
    await expect(tab.add(draft("tick", "a"))).rejects.toThrow("no room");
    expect(await tab.all()).toEqual([]);
  });

  it("with two tabs sends one thing once", async () => {
    await tab.add(draft("tick", "a"));
    await Promise.all([tab.flush(), phone.tab(deliver).flush()]);
    expect(sent).toHaveLength(1);
  });

  it("takes back what never left, with what follows, and refuses when it may have arrived", async () => {
    const tick = await tab.add(draft("tick", "a"));
    await tab.add(draft("initial", "a"));
    const other = await tab.add(draft("tick", "b"));
    expect((await tab.withdraw(tick)).map(({ act }) => act)).toEqual(["initial", "tick"]);
    expect((await tab.all()).map(({ id }) => id)).toEqual([other.id]);
    await phone.tab(gone).flush();
    expect(await tab.withdraw(other)).toEqual([]);
    expect(await tab.all()).toHaveLength(1);
  });

  it("does not take back what was on its way with what is tried again before it", async () => {
    server.replaced.add("a");
    const tick = await tab.add(draft("tick", "a"));
    const initial = await tab.add(draft("initial", "a"));
    await tab.flush();
    server.replaced.clear();
    const anew = await tab.add(draft("tick", "a"));
    await phone.tab(gone).flush();
    await tab.retry(tick);
    expect((await tab.withdraw(initial)).map(({ id }) => id)).toEqual([initial.id]);
    expect((await tab.all()).map(({ id }) => id)).toEqual([tick.id, anew.id]);
  });
});
