/**
 * A phone without a screen: the app's own outbox under Node, told over stdin what happens, one JSON a line.
 *
 * Store, judge, courier and renewal are the app's. This file is the world around them: tabs that can be
 * stopped between any two steps, gone on with or killed there, the lock they share, a clock that is set.
 * What a killed tab had on its way stays as far as it got; what is on the disk stays.
 */

import "fake-indexeddb/auto";
import { AsyncLocalStorage } from "node:async_hooks";
import { createInterface } from "node:readline";
import { asProblem } from "../src/api/problem.ts";
import type { Session } from "../src/api/types.ts";
import { clear, get, put, remove, type Store } from "../src/lib/db.ts";
import { deviceOf, keepDevice, type LocalDevice } from "../src/lib/device.ts";
import { session } from "../src/store/session.ts";
import { authorise, ownDevice, readiness, type Secrets } from "../src/store/signing.ts";
import { unsent } from "../src/store/unsent.ts";
import { consent, consentReady, deeds } from "../src/sync/consent.ts";
import { carry, type Pass } from "../src/sync/courier.ts";
import * as held from "../src/sync/held.ts";
import { bring } from "../src/sync/keep.ts";
import { csrfOf, whoIs } from "../src/sync/kept.ts";
import { diskStore } from "../src/sync/outbox-store.ts";
import { outbox, type Draft, type Entry, type Outbox } from "../src/sync/outbox.ts";
import { signableHere } from "../src/sync/ready-here.ts";
import { renewKept } from "../src/sync/renewal.ts";
import { Line, type Fate } from "./line.ts";

const FOREVER = new Promise<never>(() => undefined);
const STORES: Store[] = ["devices", "session", "outbox", "offline", "papers", "images"];
const PIN = "tikar481516";

const line = new Line();
let clock = 0;
let tabs: Tab[] = [];
/** Who holds the lock, and who waits for it. */
let holder: Tab | undefined;
let queue: { tab: Tab; go: () => void }[] = [];
let settled: () => void = () => undefined;
/** Whose request it is. */
const current = new AsyncLocalStorage<Tab>();

const kept = () => get<Session>("session", "current");

class Tab {
  state: "running" | "stopped" | "waiting" | "done" | "dead" = "running";
  outcome: unknown = null;
  private steps = 0;
  private stop: number;
  private resume: () => void = () => undefined;
  private die: (how: Error) => void = () => undefined;
  private readonly box: Outbox;

  constructor(act: (box: Outbox, tab: Tab) => Promise<unknown>, stop: number) {
    this.stop = stop;
    const pass: Pass = {
      csrf: (person) => this.at(async () => csrfOf(await kept(), person)),
      refresh: () => this.at(() => renewKept(line.origin)),
    };
    this.box = outbox({
      store: {
        all: () => this.at(diskStore.all),
        add: (entries) => this.at(() => diskStore.add(entries)),
        change: (orders, change) => this.at(() => diskStore.change(orders, change)),
        remove: (order) => this.at(() => diskStore.remove(order)),
      },
      send: (entry) => carry(entry, pass),
      who: () => this.at(async () => whoIs(await kept())),
      now: () => clock,
      random: () => 0.5,
      exclusively: (run) => this.exclusively(run),
    });
    void current
      .run(this, () => act(this.box, this))
      .catch((error: unknown) => ({ error: asProblem(error).code, why: String(error) }))
      .then((outcome) => {
        this.outcome = outcome ?? null;
        if (this.state !== "dead") this.become("done");
      });
  }

  private become(state: Tab["state"]): void {
    this.state = state;
    if (!tabs.some((one) => one.state === "running")) settled();
  }

  /** Stops here if it was told to, until it is told to go on. */
  async step(): Promise<void> {
    if (this.state === "dead") return FOREVER;
    if (this.steps++ !== this.stop) return;
    const on = new Promise<void>((resolve, reject) => ([this.resume, this.die] = [resolve, reject]));
    this.become("stopped");
    await on;
  }

  private async at<T>(run: () => Promise<T>): Promise<T> {
    await this.step();
    const value = await run();
    await this.step();
    return value;
  }

  private async exclusively<T>(run: () => Promise<T>): Promise<T> {
    if (holder) {
      const turn = new Promise<void>((go) => queue.push({ tab: this, go }));
      this.become("waiting");
      await turn;
    } else holder = this;
    return run().finally(() => this.state === "dead" || next());
  }

  go(stop: number): void {
    if (this.state !== "stopped") return;
    this.state = "running";
    this.stop = this.steps + stop;
    this.resume();
  }

  kill(): void {
    if (this.state === "done") return;
    this.state = "dead";
    // Whoever shares a request with it hears that it is gone; it does nothing more itself.
    this.die(new Error("killed"));
    queue = queue.filter(({ tab }) => tab !== this);
    if (holder === this) next();
  }
}

function next(): void {
  const first = queue.shift();
  holder = first?.tab;
  if (!first) return;
  first.tab.state = "running";
  first.go();
}

globalThis.fetch = ((path: string, init: RequestInit) => {
  const tab = current.getStore();
  return tab && tab.state !== "dead" ? line.send(path, init, () => tab.step()) : FOREVER;
}) as typeof fetch;
const RightDate = Date;
globalThis.Date = class extends RightDate {
  constructor(...given: [] | [number | string | Date]) {
    super(given.length ? given[0] : clock);
  }
  static override now = () => clock;
} as DateConstructor;
Object.defineProperty(globalThis, "location", { value: { get origin() { return line.origin; } } });
// Page images are fetched by nobody here.
Object.defineProperty(navigator, "connection", { value: { saveData: true } });

const entryOf = async (id: string): Promise<Entry> => (await diskStore.all()).find((one) => one.id === id) as Entry;
const CLAIMS = { name: "ECDSA", namedCurve: "P-256" };

const open = (act: (box: Outbox, tab: Tab) => Promise<unknown>, stop = -1) => void tabs.push(new Tab(act, stop));

/** What waits, as a page shows it. */
async function show(): Promise<void> {
  const person = session.peek()?.person.id;
  unsent.value = (await diskStore.all()).filter((entry) => entry.person === person);
}

/** The person agrees to what this phone can be agreed to of these papers; an entry for each. */
async function agree(box: Outbox, tab: Tab, steps: string[], secrets: Secrets): Promise<unknown> {
  await show();
  const here = (await signableHere()).filter(({ step_id }) => steps.includes(step_id));
  if (!here.length) return { error: "nothing here" };
  const ready = await consentReady(here);
  if (ready === "locked" || ready.code_wait_until) return { error: ready === "locked" ? ready : "wait" };
  await tab.step();
  const given = await consent(ready, secrets);
  await tab.step();
  const { person, device } = session.value as Session;
  const drafts = deeds(here, ready, given).map(({ step, ...deed }): Draft => ({
    id: crypto.randomUUID(),
    ...{ person: person.id, device: device?.id ?? null, step: step.step_id, document: step.document_id },
    ...deed,
    made: clock,
    label: null,
  }));
  await box.addAll(drafts);
  return { agreed: drafts.length };
}

/** The person signs one paper on the line. */
async function signNow(step: string, secrets: Secrets): Promise<unknown> {
  await ownDevice();
  const about = { step_id: step } as Parameters<typeof readiness>[0];
  const ready = await readiness(about);
  if (!ready.ready) return { error: ready.problem?.code };
  const { state } = await authorise(about, ready, secrets);
  return { state };
}

/** What a test may do to it. */
const DEEDS: Record<string, (told: any) => unknown> = {
  async begin({ origin, devices }: { origin: string; devices: (LocalDevice & { jwk: JsonWebKey })[] }) {
    for (const tab of tabs) tab.kill();
    [tabs, line.origin, line.fates, line.late.length] = [[], origin, [], 0];
    // A phone never gives a number twice, whatever becomes of its day.
    const before = await Promise.all(devices.map(({ personId }) => deviceOf(personId)));
    session.value = null;
    for (const store of STORES) await clear(store);
    for (const [i, { jwk, ...device }] of devices.entries()) {
      const key = await crypto.subtle.importKey("jwk", jwk, CLAIMS, false, ["sign"]);
      await keepDevice({ ...device, seq: before[i]?.seq ?? device.seq, key });
    }
  },
  clock: ({ now }: { now: number }) => void (clock = now),
  fates: ({ fates }: { fates: Fate[] }) => void (line.fates = fates),
  /** Somebody signs in, or out, in another tab. */
  async session({ session: given, cookies }: { session: Session | null; cookies: Record<string, string> }) {
    line.cookies.clear();
    for (const [name, value] of Object.entries(cookies)) line.cookies.set(name, value);
    await (given ? put("session", "current", given) : remove("session", "current"));
    session.value = given;
    if (given && (await held.unlock(PIN)).kind === "wiped") await held.choosePin(PIN, 1);
  },
  /** Everything that is to lie on the phone is fetched: papers, policy, keys, grants, what a signature is over. */
  keep: ({ stop }: { stop: number }) => open(bring, stop),
  agree: ({ steps, secrets, stop }: { steps: string[]; secrets: Secrets; stop: number }) =>
    open((box, tab) => agree(box, tab, steps, secrets), stop),
  "sign now": ({ step, secrets, stop }: { step: string; secrets: Secrets; stop: number }) => open(() => signNow(step, secrets), stop),
  add: ({ draft }: { draft: Draft }) => open((box) => box.add(draft)),
  flush: ({ force, stop }: { force: boolean; stop: number }) => open((box) => box.flush(undefined, { force }), stop),
  withdraw: async ({ id, stop }: Named) => withEntry(id, stop, async (box, entry) => (await box.withdraw(entry)).length > 0),
  dismiss: async ({ id, stop }: Named) => withEntry(id, stop, (box, entry) => box.dismiss(entry)),
  retry: async ({ id, stop }: Named) => withEntry(id, stop, (box, entry) => box.retry(entry)),
  go: ({ tab, stop }: { tab: number; stop: number }) => tabs[tab]?.go(stop),
  kill: ({ tab }: { tab: number }) => tabs[tab]?.kill(),
  /** A request arrives that nobody waits for any more. */
  arrive: () => line.late.shift()?.(),
  look: () => undefined,
};

interface Named {
  id: string;
  stop: number;
}

async function withEntry(id: string, stop: number, act: (box: Outbox, entry: Entry) => Promise<unknown>): Promise<void> {
  const entry = await entryOf(id);
  open((box) => act(box, entry), stop);
}

/** Until every tab is done, stopped, dead, or waits for another one. */
async function quiet(): Promise<void> {
  while (tabs.some((one) => one.state === "running")) await new Promise<void>((resolve) => (settled = resolve));
}

async function look() {
  return {
    entries: await diskStore.all(),
    tabs: tabs.map(({ state, outcome }) => ({ state, outcome })),
    late: line.late.length,
    carried: line.carried,
    stated: line.stated,
    met: line.met,
  };
}

for await (const told of createInterface({ input: process.stdin })) {
  const { deed, ...how } = JSON.parse(told) as { deed: string };
  await DEEDS[deed]?.(how);
  await quiet();
  process.stdout.write(`${JSON.stringify(await look())}\n`);
}
