/** A world for the outbox: a server that keeps idempotency, a line that breaks, a phone that is killed. */

import type { Answer } from "../../src/sync/judge.ts";
import { outbox, type Draft, type Entry, type Outbox, type Ports, type Store, type Who } from "../../src/sync/outbox.ts";

export const ANI: Who = { person: "ani", device: "phone-a" };
export const BUDI: Who = { person: "budi", device: "phone-b" };

export const answer = (status: number, body: unknown, type = "application/json"): Answer => ({
  status,
  type: status >= 400 && type === "application/json" ? "application/problem+json" : type,
  body,
  retryAfter: null,
});
export const PORTAL: Answer = { status: 200, type: "text/html", body: undefined, retryAfter: null };

/** mulberry32: a seed gives the same schedule again. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export class Disk {
  readonly entries = new Map<number, Entry>();
  private last = 0;
  full = false;

  store(): Store {
    return {
      all: async () => [...this.entries.values()].sort((a, b) => a.order - b.order).map((one) => structuredClone(one)),
      add: async (entries) => {
        if (this.full) throw new DOMException("no room", "QuotaExceededError");
        const kept = entries.map((entry) => ({ ...structuredClone(entry), order: ++this.last }));
        for (const one of kept) this.entries.set(one.order, one);
        return kept;
      },
      change: async (orders, change) => {
        for (const order of orders) {
          const old = this.entries.get(order);
          if (old) this.entries.set(order, change(old));
        }
      },
      remove: async (order) => void this.entries.delete(order),
    };
  }
}

/** What took effect, by whom, in order; the same key is answered again and not carried out again. */
export class Server {
  readonly effects: { id: string; by: string; document: string }[] = [];
  /** Documents whose acts are refused from now on, and those that always break the server. */
  readonly replaced = new Set<string>();
  readonly poisoned = new Set<string>();
  private readonly answers = new Map<string, Answer>();

  receive(entry: Entry, by: string): Answer {
    const key = `${by} ${entry.id}`;
    const earlier = this.answers.get(key);
    if (earlier) return earlier;
    if (this.poisoned.has(entry.document)) return answer(500, { code: "general/internal" });
    if (this.replaced.has(entry.document)) return answer(409, { code: "routing/version-replaced" });
    if (entry.act === "initial" && !this.effects.some((one) => one.document === entry.document)) {
      return answer(409, { code: "routing/not-ticked" });
    }
    this.effects.push({ id: entry.id, by, document: entry.document });
    const given = answer(200, { step_id: entry.step });
    this.answers.set(key, given);
    return given;
  }
}

/** Tabs of one phone share the disk and the lock. */
export class Phone {
  readonly disk = new Disk();
  who: Who | null = ANI;
  clock = 1_700_000_000_000;
  private tail: Promise<void> = Promise.resolve();

  /** A tab; `send` says what the line does with each request. */
  tab(send: Ports["send"], more: Partial<Ports> = {}): Outbox {
    return outbox({
      store: this.disk.store(),
      send,
      who: async () => this.who,
      now: () => this.clock,
      random: () => 0.5,
      exclusively: (run) => this.lock(run),
      ...more,
    });
  }

  /** One at a time, in turn; whoever is gone frees it. */
  async lock<T>(run: () => Promise<T>, death: Promise<unknown> = NEVER): Promise<T> {
    const before = this.tail;
    let free: () => void = () => undefined;
    this.tail = new Promise<void>((resolve) => (free = resolve));
    void death.then(free);
    await before;
    return run().finally(free);
  }
}

const NEVER = new Promise<never>(() => undefined);

let made = 0;
export function draft(act: Draft["act"], document: string, who: Who = ANI): Draft {
  const id = `entry-${++made}`;
  const step = `step of ${document}`;
  return { id, ...who, act, step, document, path: `/steps/${step}/${act}`, body: { n: made }, made, label: null };
}
