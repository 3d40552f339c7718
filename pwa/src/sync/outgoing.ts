/** The outbox of this page: who sends, when it is sent, and what the screens hear of it. */

import { effect } from "@preact/signals";
import { Problem } from "../api/problem.ts";
import type { StepDetail } from "../api/types.ts";
import { loadInbox, settle, touch } from "../store/inbox.ts";
import { noteOffline, offlineSince } from "../store/network.ts";
import { renew, renewAccess, session, signedIn } from "../store/session.ts";
import { answered, portal, unsent } from "../store/unsent.ts";
import { openBox } from "./box.ts";
import { SET_APART, type Act, type Verdict } from "./judge.ts";
import { keep, startKeeping } from "./keep.ts";
import * as held from "./held.ts";
import { listening } from "./listening.ts";
import type { Draft, Entry } from "./outbox.ts";

const box = openBox(renewAccess);

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("centang-outbox");
const hearing = listening();

async function show(): Promise<void> {
  const person = session.peek()?.person.id;
  unsent.value = person ? (await box.all()).filter((entry) => entry.person === person) : [];
}

async function changed(): Promise<void> {
  await show();
  channel?.postMessage("changed");
}

/** The pile as the server will have it, before it is asked again. */
function reflect(entry: Entry, verdict: Verdict): void {
  if (verdict.kind !== "delivered" && verdict.kind !== "refused") return;
  const body = verdict.kind === "delivered" && entry.act !== "sign" ? verdict.body : undefined;
  answered.value = { step: entry.step, body };
  if (verdict.kind === "refused") {
    // Reported lost: whoever holds it now shall find nothing.
    if (verdict.problem.code === SET_APART) void held.empty();
    return;
  }
  const after = verdict.body as StepDetail | undefined;
  if (entry.act !== "tick") settle(entry.step);
  else if (after) touch(entry.step, { ticked_at: after.ticked_at, state: after.state, lapsed: null, opened: true });
}

let timer: ReturnType<typeof setTimeout> | undefined;
let sending: Promise<void> | undefined;
let again = false;

async function sendAll(force: boolean, insist: boolean): Promise<void> {
  clearTimeout(timer);
  // Where the browser itself knows of no line, nothing leaves, and what was done can still be taken back.
  if (!navigator.onLine && offlineSince.peek() && !insist) return show();
  let late = 0;
  const answer = hearing.begin();
  const { stopped, next } = await box.flush(
    (entry, verdict) => {
      reflect(entry, verdict);
      const heard = hearing.tell(entry.id, verdict);
      if (!heard && (verdict.kind === "delivered" || verdict.kind === "refused")) late += 1;
    },
    { force },
  );
  portal.value = stopped === "portal";
  if (stopped === "no-line") noteOffline();
  answer(await box.all());
  await changed();
  if (late) void loadInbox();
  // The session is over: asked as every screen asks, so that the door says so.
  if (stopped === "signed-out" && session.peek()) void renew();
  if (next !== null) timer = setTimeout(() => void flush(), next);
}

/** Sends what is due; `force` also what still pauses; `insist` without a line, too. Calls while one runs join it. */
export function flush({ force = false, insist = false } = {}): Promise<void> {
  if (sending) {
    again ||= force;
    return sending;
  }
  return (sending = sendAll(force, insist)
    .catch(() => undefined)
    .finally(() => {
      sending = undefined;
      if (again) void flush({ force: true });
      again = false;
    }));
}

export type Outcome = { kind: "delivered"; body: unknown } | { kind: "waiting" };

export interface Deed {
  act: Act;
  step: StepDetail;
  path: string;
  body: unknown;
  id?: string;
  /** Of one paper of several that a statement names. */
  envelope?: string;
}

/** What an entry is about, in words. Without a PIN they live only as long as this page. */
export interface Words {
  type: string;
  from: string;
  title: string;
}
const spoken = new Map<string, Words>();

async function labelOf(id: string, { type_code, unit_name, subject }: StepDetail): Promise<unknown> {
  const words: Words = { type: type_code, from: unit_name, title: subject };
  spoken.set(id, words);
  return held.label(id, words).catch(() => null);
}

export const wordsOf = async ({ id, label }: Entry): Promise<Words | null> => spoken.get(id) ?? held.readLabel<Words>(id, label);

function full(): never {
  throw new Problem("client/storage-full");
}

/** How long a screen waits for the answer before it says that the act waits for the line. */
const PATIENCE = 8_000;
const soon = (after: number) => new Promise<void>((resolve) => setTimeout(resolve, after));

/**
 * Keeps what the person did, then tries to send it. Throws where it could not be kept, or where the server
 * refused it at once: then the person has been told, and it is put away.
 */
export const submit = (deed: Deed): Promise<Outcome> => submitAll([deed]);

/** The same of what one statement says of several papers: kept together, sent together, each judged by itself. */
export async function submitAll(deeds: Deed[]): Promise<Outcome> {
  startSending();
  const drafts = await Promise.all(deeds.map(draftOf));
  const answered = Promise.all(drafts.map(({ id }) => hearing.listen(id)));
  try {
    // What was fetched ahead can be fetched again; what the person did cannot.
    const entries = await box.addAll(drafts).catch(() => held.dropImages().then(() => box.addAll(drafts))).catch(full);
    for (const { id } of drafts) hearing.queued(id);
    void flush({ force: true });
    await changed();
    void waitInBackground().catch(() => undefined);
    const verdicts = await Promise.race([answered, soon(offlineSince.peek() ? 0 : PATIENCE)]);
    const [first] = verdicts ?? [];
    if (verdicts?.every(({ kind }) => kind === "delivered")) return { kind: "delivered", body: (first as Delivered).body };
    // What was carried out of it in part stays in the list, with what was not.
    if (first?.kind !== "refused" || !verdicts?.every((one) => one.kind === "refused" && one.problem.code === first.problem.code)) return { kind: "waiting" };
    for (const entry of entries) await box.dismiss(entry);
    await changed();
    throw new Problem(first.problem.code, first.problem);
  } finally {
    for (const { id } of drafts) hearing.forget(id);
  }
}

type Delivered = Extract<Verdict, { kind: "delivered" }>;

async function draftOf({ step, id = crypto.randomUUID(), ...deed }: Deed): Promise<Draft> {
  const { person, device } = signedIn();
  const whose = { person: person.id, device: device?.id ?? null, step: step.step_id, document: step.document_id };
  return { id, ...whose, ...deed, made: Date.now(), label: await labelOf(id, step) };
}

export const putAway = (entry: Entry): Promise<void> => box.dismiss(entry).then(changed);
export const tryAgain = (entry: Entry): Promise<void> => box.retry(entry).then(() => flush({ force: true }));
/** To how many papers something was taken back; 0 when it may have been sent already. */
export async function takeBack(entry: Entry): Promise<number> {
  const gone = await box.withdraw(entry);
  await changed();
  return new Set(gone.map(({ document }) => document)).size;
}

/** The service worker sends it when the browser finds a line, also after this page was closed. */
async function waitInBackground(): Promise<void> {
  const registration = (await navigator.serviceWorker?.getRegistration()) as
    | (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } })
    | undefined;
  await registration?.sync?.register("outbox").catch(() => undefined);
}

let started = false;

/** Begins to watch for a line. Once for a page. */
export function startSending(): void {
  if (started) return;
  started = true;
  startKeeping();
  const go = () => void (document.hidden || flush({ force: true }));
  window.addEventListener("online", go);
  document.addEventListener("visibilitychange", go);
  navigator.serviceWorker?.addEventListener("message", ({ data }: MessageEvent<{ flush?: boolean }>) => {
    if (!data?.flush) return;
    go();
    void keep();
  });
  channel?.addEventListener("message", () => void show());
  // Any answer shows that there is a line, whatever the browser says of it.
  let away = false;
  effect(() => {
    const before = away;
    away = offlineSince.value !== null;
    if (before && !away) void flush();
  });
  let owner: string | undefined;
  effect(() => {
    const now = session.value?.person.id;
    if (now === owner) return;
    owner = now;
    void show();
    if (now) void flush({ force: true });
  });
}
