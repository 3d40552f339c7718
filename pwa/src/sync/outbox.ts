/**
 * What was done here and has not reached the server yet: kept in order, sent once, never lost silently.
 *
 * Pure logic behind ports, so that it runs the same in a page, in the service worker and under Node.
 * An entry's id is its Idempotency-Key: sending it again is harmless, so there is nothing to repair
 * after a kill. It leaves the store only when the server's own answer says that it took effect, or when
 * the person puts it away.
 */

import { judge, SET_APART, type Act, type Answer, type Refusal, type Verdict } from "./judge.ts";

export interface Draft {
  id: string;
  person: string;
  /** The device as which it was made; null on a browser that is not enrolled. */
  device: string | null;
  act: Act;
  step: string;
  document: string;
  /** Below `/api/v1`. */
  path: string;
  body: unknown;
  /** When it was made, by this phone's clock; epoch milliseconds. */
  made: number;
  /** What the person sees of it, sealed; null where nothing may be kept. */
  label: unknown;
  /** The statement it shares with other entries: each is one of its papers, and they travel as one. */
  envelope?: string;
}

export interface Entry extends Draft {
  /** Its place in the queue; grows, never used again. */
  order: number;
  /** How often it was on its way. At 0 the server cannot know of it. */
  tries: number;
  /** Not sent of itself before this moment of this phone's clock. */
  notBefore: number;
  /** Why it needs the person; null while it waits for the line. */
  refused: Refusal | null;
}

export interface Who {
  person: string;
  device: string | null;
}

export interface Store {
  /** In order. */
  all(): Promise<Entry[]>;
  /** All or none, and durable once it resolves; rejects when there is no room. */
  add(entries: Omit<Entry, "order">[]): Promise<Entry[]>;
  /** In one transaction; does nothing to an entry that is gone. */
  change(orders: number[], change: (entry: Entry) => Entry): Promise<void>;
  remove(order: number): Promise<void>;
}

export interface Ports {
  store: Store;
  /** One request. Rejects when no answer came; resolves with whatever answered. */
  send(entry: Entry): Promise<Answer>;
  /** Who is signed in now, asked before every entry. */
  who(): Promise<Who | null>;
  /** This phone's clock, epoch milliseconds. It may jump. */
  now(): number;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Runs while no other tab or worker does. */
  exclusively<T>(run: () => Promise<T>): Promise<T>;
}

export type Told = (entry: Entry, verdict: Verdict) => void;

export interface Flushed {
  /** Why it stopped, if not because all was done. */
  stopped: "no-line" | "portal" | "signed-out" | null;
  /** In how many milliseconds something is due again; null when nothing waits. */
  next: number | null;
}

export const FIRST_PAUSE = 2_000;
export const LONGEST_PAUSE = 5 * 60_000;
/** Of a whole sending, when the server answered this many different entries with "not now". */
const WEARY = 3;

/** Grows with each attempt, and half of it is chance, so that many phones do not return together. */
export function pause(tries: number, random: number): number {
  const most = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(Math.max(tries, 1) - 1, 20));
  return most * (0.5 + random / 2);
}

/** A clock that was set back must not hold an entry for hours. */
const isDue = (entry: Entry, now: number): boolean =>
  entry.notBefore <= now || entry.notBefore - now > LONGEST_PAUSE;

/** What the server knows it by: the same for all papers of one statement. */
export const keyOf = (entry: Draft): string => entry.envelope ?? entry.id;
const isWith = (entry: Entry, one: Entry): boolean => keyOf(one) === keyOf(entry);

/**
 * The first waiting entry of each document, those never tried first, then in order. A statement about
 * several papers waits until it is the first on each of them.
 */
function heads(entries: Entry[], who: Who): Entry[] {
  const first = new Map<string, Entry>();
  const waiting = entries.filter((entry) => entry.person === who.person && !entry.refused);
  for (const entry of waiting) if (!first.has(entry.document)) first.set(entry.document, entry);
  const held = new Set(waiting.filter((entry) => first.get(entry.document) !== entry).map(keyOf));
  return [...first.values()]
    .filter((entry) => !held.has(keyOf(entry)))
    .sort((a, b) => a.notBefore - b.notBefore || a.order - b.order);
}

const OTHER_DEVICE: Refusal = { code: "client/other-device", params: {}, detail: "" };
const EARLIER = "client/earlier-refused";
/** What was built on a refused entry names it, so that both are dealt with together. */
const because = (entry: Entry): Refusal => ({ code: EARLIER, params: { entry: entry.id }, detail: "" });
export const builtOn = (entry: Entry): unknown => (entry.refused?.code === EARLIER ? entry.refused.params["entry"] : null);

export function outbox(ports: Ports) {
  const { store } = ports;

  const fresh = (draft: Draft) => ({ ...draft, tries: 0, notBefore: 0, refused: null });
  const add = async (draft: Draft): Promise<Entry> => (await store.add([fresh(draft)]))[0] as Entry;
  /** The papers of one statement: all are kept, or none is. */
  const addAll = (drafts: Draft[]): Promise<Entry[]> => store.add(drafts.map(fresh));

  /**
   * What follows on the same document and never left was built on it, and waits for the person with it.
   * But a statement about several papers goes all the same: of each of them the server judges by itself.
   * `others`: further papers of the statement that was refused.
   */
  async function refuse(entry: Entry, problem: Refusal, others: Entry[] = []): Promise<void> {
    const all = await store.all();
    // What a lost phone did is shown to its owner whole: what follows is sent as well.
    const after = problem.code === SET_APART ? [] : all.filter((one) => builds(one, entry) && !one.refused);
    const orders = [entry, ...others, ...after].map(({ order }) => order);
    // At once: killed in between, nothing may stand that could go out without what it was built on.
    await store.change(orders, (old) => ({ ...old, refused: old.order === entry.order ? problem : because(entry) }));
  }

  async function postpone(entry: Entry, after: number | null): Promise<void> {
    const wait = Math.min(LONGEST_PAUSE, Math.max(after ?? 0, pause(entry.tries, ports.random())));
    await store.change([entry.order], (old) => ({ ...old, notBefore: ports.now() + wait }));
  }

  /** What the server said, or nobody. */
  const attempt = (entry: Entry): Promise<Answer | null> => ports.send(entry).catch(() => null);
  const judged = (entry: Entry, answer: Answer | null): Verdict =>
    answer ? judge(entry, answer) : { kind: "no-line", portal: false };

  async function settle(entry: Entry, verdict: Verdict): Promise<void> {
    if (verdict.kind === "delivered") await store.remove(entry.order);
    else if (verdict.kind === "refused") await refuse(entry, verdict.problem);
    else if (verdict.kind === "later") await postpone(entry, verdict.after);
    else if (verdict.kind === "no-line") await postpone(entry, null);
  }

  /** One answer, for every paper of what was sent. The first of them speaks for a whole that was refused. */
  async function settleAll(group: Entry[], answer: Answer | null, told: Told): Promise<Verdict> {
    const [head, ...others] = group as [Entry, ...Entry[]];
    const verdict = judged(head, answer);
    if (verdict.kind === "refused" && (answer?.status ?? 0) >= 400 && verdict.problem.code !== SET_APART) {
      await refuse(head, verdict.problem, others);
      for (const one of group) told(one, verdict);
      return verdict;
    }
    for (const one of group) {
      const own = judged(one, answer);
      await settle(one, own);
      told(one, own);
    }
    return verdict;
  }

  async function round(force: boolean, told: Told): Promise<Flushed["stopped"]> {
    const passed = new Set<number>();
    const later = new Set<string>();
    let weary = 0;
    for (;;) {
      const who = await ports.who();
      if (!who) return "signed-out";
      const now = ports.now();
      const found = heads(await store.all(), who).find(
        (one) => !passed.has(one.order) && !later.has(one.document) && (force || isDue(one, now)),
      );
      if (!found) return null;
      passed.add(found.order);
      if (found.device !== who.device) {
        await refuse(found, OTHER_DEVICE);
        told(found, { kind: "refused", problem: OTHER_DEVICE });
        continue;
      }
      const all = (await store.all()).filter((one) => isWith(found, one) && one.order !== found.order && !one.refused);
      const group = [found, ...all].map((one) => ({ ...one, tries: found.tries + 1 }));
      for (const { order } of all) passed.add(order);
      // Written before it leaves: from here on the server may know of it.
      await store.change(group.map(({ order }) => order), (old) => ({ ...old, tries: found.tries + 1 }));
      const [sent] = group as [Entry];
      const verdict = await settleAll(group, await attempt(sent), told);
      if (verdict.kind === "signed-out") return "signed-out";
      if (verdict.kind === "no-line") return verdict.portal ? "portal" : "no-line";
      if (verdict.kind !== "later") continue;
      for (const one of group) later.add(one.document);
      if ((weary += 1) >= WEARY) return null;
    }
  }

  async function next(): Promise<number | null> {
    const who = await ports.who();
    if (!who) return null;
    const now = ports.now();
    const waits = heads(await store.all(), who).map((one) => (isDue(one, now) ? 0 : one.notBefore - now));
    return waits.length ? Math.max(FIRST_PAUSE, Math.min(...waits)) : null;
  }

  /** Sends what is due, or everything with `force`; one sending at a time on this phone. */
  const flush = (told: Told = () => undefined, { force = false } = {}): Promise<Flushed> =>
    ports.exclusively(async () => {
      const stopped = await round(force, told);
      return { stopped, next: stopped === "signed-out" ? null : await next() };
    });

  /** The person puts a refused entry away, with what was built on it. */
  const dismiss = (entry: Entry): Promise<void> =>
    ports.exclusively(async () => {
      const gone = (await store.all()).filter(
        (one) => one.refused && (one.order === entry.order || builtOn(one) === entry.id),
      );
      for (const one of gone) await store.remove(one.order);
    });

  /** Sends a refused entry again as it is, with what was built on it: the reason may have passed. */
  const retry = (entry: Entry): Promise<void> =>
    ports.exclusively(async () => {
      const again = (await store.all()).filter(
        (one) => one.refused && (one.order === entry.order || builtOn(one) === entry.id),
      );
      await store.change(again.map(({ order }) => order), (old) => ({ ...old, refused: null, notBefore: 0 }));
    });

  /** Takes back what the server cannot know of yet, with what follows it. Nothing when it is too late. */
  const withdraw = (entry: Entry): Promise<Entry[]> =>
    ports.exclusively(async () => {
      const entries = await store.all();
      const all = entries.filter((one) => isWith(entry, one));
      if (!all.length || all.some(({ tries }) => tries > 0)) return [];
      // What was on its way already, because this was tried again behind it, may have arrived.
      const after = entries.filter((one) => all.some((taken) => follows(one, taken)) && one.tries === 0);
      // A statement names all its papers: it is taken back whole.
      const gone = entries.filter((one) => [...all, ...after].some((taken) => isWith(taken, one)));
      for (const one of gone.reverse()) await store.remove(one.order);
      return gone;
    });

  return { add, addAll, flush, dismiss, retry, withdraw, all: store.all };
}

export type Outbox = ReturnType<typeof outbox>;

/** Made on top of an act that was refused, and cannot stand without it. */
const builds = (one: Entry, entry: Entry): boolean => follows(one, entry) && one.tries === 0 && !one.envelope;

const follows = (one: Entry, entry: Entry): boolean =>
  one.document === entry.document && one.person === entry.person && one.order > entry.order;
