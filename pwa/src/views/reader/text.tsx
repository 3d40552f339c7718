/** "Aa": the pages' text in large type, as a reading aid. What is ticked are the images. */

import { useEffect, useState } from "preact/hooks";
import type { StepDetail } from "../../api/types.ts";
import { asProblem, type Problem } from "../../api/problem.ts";
import { Failed, Skeleton, Work } from "../../components/parts.tsx";
import { t } from "../../locales/reader.ts";
import { pageText } from "./page.tsx";

export function TextView({ step }: { step: StepDetail }) {
  const [texts, setTexts] = useState<string[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const { id, pages } = step.version;
  const load = () => {
    setProblem(null);
    Promise.all(pages.map(({ ordinal }) => pageText(id, ordinal))).then(
      (layers) => setTexts(layers.map((layer) => layer.text)),
      (error: unknown) => setProblem(asProblem(error)),
    );
  };
  useEffect(load, [id]);
  return (
    <Work>
      <div class="reflow">
        <p class="hint">{t("textNote")}</p>
        {problem && <Failed problem={problem} retry={load} />}
        {!texts && !problem && <Skeleton />}
        {texts?.map((text, i) => (
          <section key={i} lang="id">
            <h2>{t("pageOf", { page: i + 1, count: texts.length })}</h2>
            {text.trim() ? paragraphs(text).map((part, n) => <p key={n}>{part}</p>) : <p class="hint">{t("textNone")}</p>}
          </section>
        ))}
      </div>
    </Work>
  );
}

/** Lines of a justified paragraph joined again; short lines (addresses, lists) keep their breaks. */
export function paragraphs(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const longest = Math.max(...lines.map((line) => line.length), 1);
  const out: string[] = [];
  let open = false;
  for (const line of lines) {
    if (!line) {
      open = false;
      continue;
    }
    if (open && !/^(\d+[.)]|[a-z][.)]|[-•])\s/.test(line)) out[out.length - 1] += ` ${line}`;
    else out.push(line);
    open = line.length > longest * 0.7 && !/[.:;]$/.test(line);
  }
  return out;
}
