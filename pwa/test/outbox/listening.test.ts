import { expect, it } from "vitest";
import { listening } from "../../src/sync/listening.ts";
import type { Entry } from "../../src/sync/outbox.ts";

const STORED: Entry = {
  id: "a",
  person: "p",
  device: null,
  act: "return",
  step: "s",
  document: "d",
  path: "/steps/s/return",
  body: {},
  made: 0,
  label: null,
  order: 1,
  tries: 0,
  notBefore: 0,
  refused: null,
};

it("says nothing of an entry that is still being stored when a sending ends", async () => {
  const hearing = listening();
  const heard = hearing.listen("a");
  hearing.begin()([]);
  hearing.queued("a");
  hearing.tell("a", { kind: "delivered", body: 1 });
  expect(await heard).toEqual({ kind: "delivered", body: 1 });
});

it("says nothing of an entry that was queued after a sending began", async () => {
  const hearing = listening();
  const heard = hearing.listen("a");
  const answer = hearing.begin();
  hearing.queued("a");
  answer([STORED]);
  hearing.begin()([]);
  expect((await heard).kind).toBe("delivered");
});

it("tells what stands behind another entry that it waits", async () => {
  const hearing = listening();
  const heard = hearing.listen("a");
  hearing.queued("a");
  hearing.begin()([STORED]);
  expect((await heard).kind).toBe("later");
});

it("knows what another tab or the worker delivered, or learned a refusal of", async () => {
  const problem = { code: "routing/withdrawn", params: {}, detail: "" };
  for (const [left, verdict] of [
    [[], { kind: "delivered", body: undefined }],
    [[{ ...STORED, refused: problem }], { kind: "refused", problem }],
  ] as const) {
    const hearing = listening();
    const heard = hearing.listen("a");
    hearing.queued("a");
    hearing.begin()([...left]);
    expect(await heard).toEqual(verdict);
  }
});

it("tells nobody who no longer listens", () => {
  const hearing = listening();
  void hearing.listen("a");
  expect(hearing.tell("a", { kind: "later", after: null })).toBe(true);
  hearing.forget("a");
  expect(hearing.tell("a", { kind: "later", after: null })).toBe(false);
});
