/** The operator's papers: the shelf that is open, the paper that is open, and what belongs to it. */

import { effect, signal } from "@preact/signals";
import { call, change, post, read, replace } from "../api/client.ts";
import type { NewPaper, Paper, Place, Placement, Route, Shelf, Version } from "../api/desk-types.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Page, StepAction, Timeline } from "../api/types.ts";
import { session } from "../store/session.ts";

export interface PlannedStep {
  position_id: string;
  action: StepAction;
  due_at: string | null;
}

export interface OpenPaper {
  paper: Paper;
  version: Version | null;
  route: Route;
  placements: Placement[];
  timeline: Timeline;
}

export const shelf = signal<Shelf>("running");
export const query = signal("");
export const papers = signal<Page<Paper> | null>(null);
export const listProblem = signal<Problem | null>(null);
export const open = signal<OpenPaper | null>(null);
export const openProblem = signal<Problem | null>(null);

const POLL = 1_200;

const listPath = (cursor?: string): string => {
  const search = new URLSearchParams({ state: shelf.value, query: query.value, limit: "50" });
  if (cursor) search.set("cursor", cursor);
  return `/documents?${search}`;
};

export async function loadList(): Promise<void> {
  const asked = listPath();
  try {
    const found = await read<Page<Paper>>(asked);
    if (asked === listPath()) {
      papers.value = found;
      listProblem.value = null;
    }
  } catch (error) {
    if (asked === listPath()) listProblem.value = asProblem(error);
  }
}

export function openShelf(name: Shelf): Promise<void> {
  if (shelf.peek() !== name) papers.value = null;
  shelf.value = name;
  return loadList();
}

export async function loadMore(): Promise<void> {
  const shown = papers.value;
  if (!shown?.next_cursor) return;
  const more = await read<Page<Paper>>(listPath(shown.next_cursor));
  papers.value = { items: [...shown.items, ...more.items], next_cursor: more.next_cursor };
}

/** Fetches a paper with everything the desk shows of it. While its file is examined, asks again. */
export async function openPaper(id: string): Promise<void> {
  try {
    const paper = await read<Paper>(`/documents/${id}`);
    // Examined, and already the version that everyone sees.
    const ready = paper.version?.state === "ready" && paper.version.current;
    const settled = !paper.version || ready || paper.version.state === "refused";
    const [version, route, placements, timeline] = await Promise.all([
      paper.version ? read<Version>(`/versions/${paper.version.id}`) : null,
      read<Route>(`/documents/${id}/route`),
      ready ? placementsOf(id) : [],
      read<Timeline>(`/documents/${id}/timeline`),
    ]);
    open.value = { paper, version, route, placements, timeline };
    openProblem.value = null;
    if (!settled) setTimeout(() => again(id), POLL);
  } catch (error) {
    openProblem.value = asProblem(error);
  }
}

function again(id: string): void {
  if (open.peek()?.paper.id === id) void openPaper(id).then(loadList);
}

type Shown = Omit<Placement, keyof Place> & (Place | { page: null });
interface Places {
  items: Shown[];
}

/** Where a block waits to be placed when no page has room for it. */
const NOWHERE: Place = { page: 1, x: 57, y: 57, width: 190, height: 132 };

/** Every signer's block: where the operator put it, else in the free space the server found. */
const located = ({ items }: Places): Placement[] =>
  items.map((one) =>
    one.page === null ? { ...one, ...NOWHERE, checks: [{ code: "covers-no-text", ok: false, params: {} }] } : one,
  );

const placementsOf = async (id: string): Promise<Placement[]> => located(await read<Places>(`/documents/${id}/placements`));

export const create = (paper: NewPaper): Promise<Paper> => post<Paper>("/documents", paper);

export async function edit(paper: Paper, changed: Partial<NewPaper>): Promise<void> {
  await change(`/documents/${paper.id}`, changed, { headers: { "If-Match": `"${paper.revision}"` } });
  await refresh(paper.id);
}

export async function drawRoute(id: string, steps: PlannedStep[]): Promise<void> {
  await replace(`/documents/${id}/route`, { steps });
  await refresh(id);
}

export async function place(id: string, items: ({ ordinal: number } & (Place | { anchor: string }))[]): Promise<void> {
  const kept = await replace<Places>(`/documents/${id}/placements`, { items });
  const shown = open.peek();
  if (shown?.paper.id === id) open.value = { ...shown, placements: located(kept) };
}

/** One of the things that can be done to a whole paper; each takes an optional note. */
export async function act(id: string, what: string, body: object = {}): Promise<void> {
  await post(`/documents/${id}/${what}`, body);
  await refresh(id);
}

export async function refresh(id: string): Promise<void> {
  await Promise.all([openPaper(id), loadList()]);
}

export async function download(id: string, name: string): Promise<void> {
  const response = await call("GET", `/documents/${id}/file`, { timeout: 120_000 });
  const url = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

// Another person's papers never stay behind a changed session.
let owner: string | undefined;
effect(() => {
  const now = session.value?.person.id;
  if (now === owner) return;
  owner = now;
  papers.value = null;
  open.value = null;
});
