/** Words in two languages: Indonesian first, English beside it. */

import { signal } from "@preact/signals";
import type { Language } from "../api/types.ts";

const KEY = "language";

function remembered(): Language {
  try {
    return localStorage.getItem(KEY) === "en" ? "en" : "id";
  } catch {
    return "id";
  }
}

export const language = signal<Language>(remembered());

export function setLanguage(next: Language): void {
  language.value = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Private windows may refuse storage; the language then lasts as long as the page.
  }
}

export type Values = Record<string, unknown>;

/** Fills `{name}` in a sentence, and `{name|one|many}` by number; a name without a value stays as it is written. */
export const fill = (sentence: string, values: Values = {}): string =>
  sentence.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (part, name: string, one?: string, many?: string) => {
    if (!(name in values)) return part;
    if (one !== undefined && many !== undefined) return Number(values[name]) === 1 ? one : many;
    return String(values[name] ?? "");
  });

/** A typed dictionary of one part of the app: English must have every key Indonesian has. */
export const words =
  <K extends string>(id: Record<K, string>, en: Record<NoInfer<K>, string>) =>
  (key: K, values?: Values): string =>
    fill((language.value === "en" ? en : id)[key], values);
