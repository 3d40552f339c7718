/** Keeps this phone ready for the road: the feed, the page images, and what signing offline needs. */

import { post, read, call } from "../api/client.ts";
import type { Preflights, SigningReadiness } from "../api/signing-types.ts";
import { sha256 } from "../lib/bytes.ts";
import { offlineSince } from "../store/network.ts";
import { session } from "../store/session.ts";
import { pull, type Changes } from "./feed.ts";
import { grantsLeft, renewGrants } from "./grants.ts";
import * as held from "./held.ts";
import { good, plan, room, type Image, type Line } from "./prefetch.ts";

const asked = (since: string | null): string => (since ? `/changes?since=${encodeURIComponent(since)}` : "/changes");

const line = (): Line | undefined => (navigator as { connection?: Line }).connection;

async function fetchImage({ url, type, sha256: expected }: Image): Promise<void> {
  const bytes = await (await call("GET", url, { headers: { Accept: type }, timeout: 45_000 })).arrayBuffer();
  if ((await sha256(bytes)) === expected) await held.keepImage(expected, bytes);
}

/** Urgent papers first; stops where the line stops being good, or the disk is full. */
async function prefetch(): Promise<void> {
  const papers = (await held.records()).map(([, record]) => record).filter(({ sealed }) => sealed);
  const quota = (await navigator.storage?.estimate?.().catch(() => undefined))?.quota;
  const wanted = plan(papers, await held.imagesHeld(), room(quota));
  for (const old of wanted.drop) await held.dropImage(old);
  for (const image of wanted.fetch) {
    if (!good(line()) || offlineSince.peek() || !session.peek()) return;
    await fetchImage(image);
  }
}

type Item = Preflights["items"][number];

const whole = (item: Pick<Item, "prepared_sha256" | "input_sha256">): boolean => Boolean(item.prepared_sha256 ?? item.input_sha256);

/** The file is of a mandate or a certificate that was followed by another. */
const OUTLIVED = ["routing/mandate-ended", "signing/preparation-changed"];

const usable = (item: Item): boolean => whole(item) && !OUTLIVED.includes(item.problem?.code ?? "");

/** A file that was not made yet, or is of no use any more, is made when it is asked for alone. */
async function prepared(item: Item): Promise<Item | null> {
  const found = await read<SigningReadiness>(`/steps/${item.step_id}/signing`).catch(() => null);
  if (!found || !whole(found)) return null;
  const { version_sha256, prepared_sha256, input_sha256, placement } = found;
  return { ...item, version_sha256, prepared_sha256, input_sha256: input_sha256 ?? null, placement: placement ?? null };
}

/** What each signature would be over, so that a consent given later without a line names it. */
async function askTerms(all: boolean): Promise<void> {
  const { signing, secrecies = [] } = (await held.policy()) ?? { signing: false };
  if (!signing || !session.peek()?.device) return;
  const steps = (await held.papersToSign(secrecies, { all })).slice(0, 100);
  if (!steps.length) return;
  const { items, ...terms } = await post<Preflights>("/signing/preflights", { steps });
  for (const one of items) {
    const item = usable(one) ? one : await prepared(one);
    if (item) await held.keepTerms(item.step_id, { ...terms, item });
  }
}

async function ask(since: string | null): Promise<Changes> {
  const page = await read<Changes>(asked(since));
  if (page.items.some(({ kind }) => kind === "verification"))
    void import("../scan/issuer.ts").then(({ refresh }) => refresh()).catch(() => undefined);
  return page;
}

/** Once, whoever else does it: `keep` is what a page calls. */
export async function bring(): Promise<void> {
  if (!session.peek() || !(await held.sealing())) return;
  const changed = await pull({
    ask,
    progress: held.progress,
    write: held.write,
    wipe: () => held.empty(),
    now: Date.now,
  });
  held.freshened();
  await askTerms(changed);
  // A grant covers what waited when it was given.
  if (changed || (await grantsLeft()) < FEW) await renewGrants();
  await prefetch();
  held.freshened();
}

const FEW = 5;
const PAUSE = 60_000;
const LATER = 2_000;
let last = 0;
let running: Promise<void> | undefined;

/** One tab at a time; a call while one runs is that one. */
export function keep({ force = false } = {}): Promise<void> {
  if (running) return running;
  if (!force && Date.now() - last < PAUSE && Date.now() >= last) return Promise.resolve();
  last = Date.now();
  const alone = navigator.locks.request("centang-keep", { ifAvailable: true }, (got) => (got ? bring() : undefined));
  return (running = Promise.resolve(alone)
    .catch(() => undefined)
    .finally(() => (running = undefined)));
}

export function startKeeping(): void {
  const go = () => void (document.hidden || keep());
  window.addEventListener("online", go);
  document.addEventListener("visibilitychange", go);
  setInterval(go, PAUSE);
  // Without a line, whoever opens a paper comes first.
  if (offlineSince.peek()) setTimeout(go, LATER);
  else go();
}
