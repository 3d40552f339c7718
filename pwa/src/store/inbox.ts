/** What waits for this person. Shown from memory at once, then renewed. */

import { computed, effect, signal } from "@preact/signals";
import { read } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Inbox, InboxItem } from "../api/types.ts";
import { session } from "./session.ts";
import { pendingAct } from "./unsent.ts";

export const inbox = signal<Inbox | null>(null);
export const inboxProblem = signal<Problem | null>(null);
/** When what is shown was last brought here, where the phone itself shows it; epoch milliseconds. */
export const shownFrom = signal<number | null>(null);
export const unopened = computed(() => inbox.value?.unopened ?? 0);

let loading: Promise<void> | undefined;

async function load(): Promise<void> {
  const owner = session.peek()?.person.id;
  try {
    const fresh = await read<Inbox>("/inbox");
    if (session.peek()?.person.id !== owner) return;
    inbox.value = fresh;
    inboxProblem.value = shownFrom.value = null;
  } catch (error) {
    if (session.peek()?.person.id === owner) inboxProblem.value = asProblem(error);
  }
}

export const loadInbox = (): Promise<void> =>
  (loading ??= load().finally(() => (loading = undefined)));

export async function loadMore(): Promise<void> {
  const shown = inbox.value;
  if (!shown?.next_cursor) return;
  const more = await read<Inbox>(`/inbox?cursor=${encodeURIComponent(shown.next_cursor)}`);
  const known = new Set(shown.items.map((item) => item.step_id));
  const items = [...shown.items, ...more.items.filter((item) => !known.has(item.step_id))];
  inbox.value = { ...more, items };
}

/** Takes a paper off the pile at once, before the list is renewed. */
export function settle(stepId: string): void {
  const shown = inbox.peek();
  const item = shown?.items.find((one) => one.step_id === stepId);
  if (!shown || !item) return;
  inbox.value = {
    ...shown,
    items: shown.items.filter((one) => one !== item),
    total: Math.max(0, shown.total - 1),
    unopened: Math.max(0, shown.unopened - (item.opened ? 0 : 1)),
  };
}

/** Changes what is shown of one paper, such as that it was opened. */
export function touch(stepId: string, changed: Partial<InboxItem>): void {
  const shown = inbox.peek();
  const old = shown?.items.find((one) => one.step_id === stepId);
  if (!shown || !old) return;
  const opens = changed.opened && !old.opened ? 1 : 0;
  inbox.value = {
    ...shown,
    items: shown.items.map((item) => (item === old ? { ...item, ...changed } : item)),
    unopened: Math.max(0, shown.unopened - opens),
  };
}

/** The paper to take next: the server already put the most urgent first. */
export const nextItem = (except?: string): InboxItem | undefined =>
  inbox.value?.items.find(
    (item) =>
      item.step_id !== except &&
      item.state !== "processing" &&
      item.state !== "unknown" &&
      [undefined, "tick"].includes(pendingAct(item.step_id)),
  );

// Another person's list never stays behind a changed session.
let owner: string | undefined;
effect(() => {
  const now = session.value?.person.id;
  if (now === owner) return;
  owner = now;
  inbox.value = null;
  inboxProblem.value = shownFrom.value = null;
});
