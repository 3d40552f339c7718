/**
 * A phone without a screen: the app's own outbox under Node, told over stdin what happens, one JSON a line.
 *
 * Store, judge, courier and renewal are the app's. This file is the world around them: tabs that can be
 * stopped between any two steps, gone on with or killed there, the lock they share, a clock that is set.
 * What a killed tab had on its way stays as far as it got; what is on the disk stays.
 */

import "fake-indexeddb/auto";
import { createInterface } from "node:readline";
import type { Session } from "../src/api/types.ts";
import { clear, get, put, remove, type Store } from "../src/lib/db.ts";
import { keepDevice, type LocalDevice } from "../src/lib/device.ts";
import { carry, type Pass } from "../src/sync/courier.ts";
import { csrfOf, whoIs } from "../src/sync/kept.ts";
import { diskStore } from "../src/sync/outbox-store.ts";
import { outbox, type Draft, type Entry, type Outbox } from "../src/sync/outbox.ts";
import { renewKept } from "../src/sync/renewal.ts";
import { Line, type Fate } from "./line.ts";

const FOREVER = new Promise<never>(() => undefined);
const STORES: Store[] = ["devices", "session", "outbox"];

const line = new Line();
let clock = 0;
let tabs: Tab[] = [];
/** Who holds the lock, and who waits for it. */
let holder: Tab | undefined;
let queue: { tab: Tab; go: () => void }[] = [];
let settled: () => void = () => undefined;

const kept = () => get<Session>("session", "current");

class Tab {
  state: "running" | "stopped" | "waiting" | "done" | "dead" = "running";
  outcome: unknown = null;
  private steps = 0;
  private stop: number;
  private resume: () => void = () => undefined;
  private readonly box: Outbox;

  constructor(act: (box: Outbox) => Promise<unknown>, stop: number) {
    this.stop = stop;
    const pass: Pass = {
      csrf: (person) => this.at(async () => csrfOf(await kept(), person)),
      refresh: () => this.at(() => renewKept(line.origin)),
    };
    this.box = outbox({
      store: {
        all: () => this.at(diskStore.all),
        add: (entry) => this.at(() => diskStore.add(entry)),
        change: (order, change) => this.at(() => diskStore.change(order, change)),
        remove: (order) => this.at(() => diskStore.remove(order)),
      },
      send: (entry) => carry(entry, pass),
      who: () => this.at(async () => whoIs(await kept())),
      now: () => clock,
      random: () => 0.5,
      exclusively: (run) => this.exclusively(run),
    });
    void act(this.box)
      .catch((error: unknown) => ({ error: String(error) }))
      .then((outcome) => {
        this.outcome = outcome ?? null;
        this.become("done");
      });
  }

  private become(state: Tab["state"]): void {
    this.state = state;
    if (!tabs.some((one) => one.state === "running")) settled();
  }

  /** Stops here if it was told to, until it is told to go on. */
  async step(): Promise<void> {
    if (this.steps++ !== this.stop) return;
    const on = new Promise<void>((resolve) => (this.resume = resolve));
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
    return run().finally(next);
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
    this.resume = () => undefined;
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

globalThis.fetch = ((path: string, init: RequestInit) =>
  holder ? line.send(path, init, () => (holder as Tab).step()) : FOREVER) as typeof fetch;
Date.now = () => clock;

const entryOf = async (id: string): Promise<Entry> => (await diskStore.all()).find((one) => one.id === id) as Entry;
const CLAIMS = { name: "ECDSA", namedCurve: "P-256" };

const open = (act: (box: Outbox) => Promise<unknown>, stop = -1) => void tabs.push(new Tab(act, stop));

/** What a test may do to it. */
const DEEDS: Record<string, (told: any) => unknown> = {
  async begin({ origin, devices }: { origin: string; devices: (LocalDevice & { jwk: JsonWebKey })[] }) {
    for (const tab of tabs) tab.kill();
    [tabs, line.origin, line.fates, line.late.length] = [[], origin, [], 0];
    for (const store of STORES) await clear(store);
    for (const { jwk, ...device } of devices) {
      await keepDevice({ ...device, key: await crypto.subtle.importKey("jwk", jwk, CLAIMS, false, ["sign"]) });
    }
  },
  clock: ({ now }: { now: number }) => void (clock = now),
  fates: ({ fates }: { fates: Fate[] }) => void (line.fates = fates),
  /** Somebody signs in, or out, in another tab. */
  async session({ session, cookies }: { session: Session | null; cookies: Record<string, string> }) {
    line.cookies.clear();
    for (const [name, value] of Object.entries(cookies)) line.cookies.set(name, value);
    await (session ? put("session", "current", session) : remove("session", "current"));
  },
  add: ({ draft }: { draft: Draft }) => open((box) => box.add(draft)),
  flush: ({ force, stop }: { force: boolean; stop: number }) => open((box) => box.flush(undefined, { force }), stop),
  withdraw: async ({ id, stop }: Named) => withEntry(id, stop, (box, entry) => box.withdraw(entry)),
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
    met: line.met,
  };
}

for await (const told of createInterface({ input: process.stdin })) {
  const { deed, ...how } = JSON.parse(told) as { deed: string };
  await DEEDS[deed]?.(how);
  await quiet();
  process.stdout.write(`${JSON.stringify(await look())}\n`);
}
