/** Something fetched for a screen: present, absent with a reason, or on its way. */

import { useEffect, useState } from "preact/hooks";
import { read } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import type { Page } from "../api/types.ts";

export interface Resource<T> {
  value: T | null;
  problem: Problem | null;
  reload: () => void;
  set: (value: T) => void;
}

export function useResource<T>(path: string): Resource<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    setProblem(null);
    read<T>(path).then(
      (fresh) => current && setValue(fresh),
      (error: unknown) => current && setProblem(asProblem(error)),
    );
    return () => void (current = false);
  }, [path, round]);
  return { value, problem, reload: () => setRound((n) => n + 1), set: setValue };
}

export interface List<T> extends Resource<Page<T>> {
  more: (() => void) | null;
}

/** A collection with its following pages appended on demand. */
export function useList<T>(path: string): List<T> {
  const resource = useResource<Page<T>>(path);
  const { value, set } = resource;
  const cursor = value?.next_cursor;
  const more = () => {
    const joint = path.includes("?") ? "&" : "?";
    read<Page<T>>(`${path}${joint}cursor=${encodeURIComponent(cursor ?? "")}`).then(
      (next) => set({ ...next, items: [...(value?.items ?? []), ...next.items] }),
      () => resource.reload(),
    );
  };
  return { ...resource, more: cursor ? more : null };
}
