/** A problem in the reader's language. The sentences are a chunk of their own, fetched when idle. */

import { signal } from "@preact/signals";
import type { Language } from "../api/types.ts";
import { serverNow } from "../store/network.ts";
import { session } from "../store/session.ts";
import { clock, day, longDate, type Zone } from "../lib/time.ts";
import { t } from "./core.ts";
import { fill, language, type Values } from "./index.ts";

type Sentences = Readonly<Record<string, string>>;

const loaded = signal<Partial<Record<Language, Sentences>>>({});
const LOADERS: Record<Language, () => Promise<Sentences>> = {
  id: async () => (await import("./problems.id.ts")).problems,
  en: async () => (await import("./problems.en.ts")).problems,
};

export async function loadProblems(which: Language = language.peek()): Promise<void> {
  if (loaded.peek()[which]) return;
  const sentences = await LOADERS[which]();
  loaded.value = { ...loaded.peek(), [which]: sentences };
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** Times in parameters are said in the agency's zone; all else stays as it came. */
function readable(values: Values): Values {
  const zone: Zone = session.peek()?.agency.zone ?? "WIB";
  const now = serverNow();
  const say = (value: unknown) => {
    if (typeof value !== "string" || !MOMENT.test(value)) return value;
    const at = new Date(value);
    const time = `${clock(at, zone)} ${zone}`;
    return day(at, zone) === day(now, zone) ? time : `${longDate(at, zone)} ${time}`;
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, say(value)]));
}

/** What happened and what to do. Never a code, never a trace. */
export function explain(problem: { code: string; params: Values; detail: string }): string {
  const sentence = loaded.value[language.value]?.[problem.code];
  if (sentence) return fill(sentence, readable(problem.params));
  void loadProblems(language.value).catch(() => undefined);
  return language.value === "id" && problem.detail ? problem.detail : t("unforeseen");
}
