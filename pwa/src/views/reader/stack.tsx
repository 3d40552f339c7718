/** All pages in one scroll, and the eye that sees which of them were really shown. */

import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { StepDetail } from "../../api/types.ts";
import { Coverage } from "../../lib/coverage.ts";
import { PageSheet } from "./page.tsx";
import { useZoom, type Zoom } from "./zoom.ts";

const BEAT = 200;
const SHARP = 1.3;

interface StackProps {
  step: StepDetail;
  /** Sheets and menus cover the pages: nothing is being read then. */
  covered: boolean;
  onRead: (ordinal: number, sha256: string) => void;
  onCurrent: (ordinal: number) => void;
  zoom: RefObject<Zoom | null>;
  children?: ComponentChildren;
}

export const scrollToPage = (ordinal: number): void => {
  const page = document.querySelector(`[data-page="${ordinal}"]`);
  page?.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth", block: "start" });
};

export function Stack({ step, covered, onRead, onCurrent, zoom, children }: StackProps) {
  const scroller = useRef<HTMLElement>(null);
  const stack = useRef<HTMLDivElement>(null);
  const shown = useRef(new Map<number, string>());
  const [coverage] = useState(() => new Coverage());
  const zoomed = useZoom(scroller, stack);
  zoom.current = zoomed;

  useEffect(() => {
    const look = () => {
      const view = scroller.current?.getBoundingClientRect();
      if (!view || document.hidden || covered) return;
      let current = 1;
      for (const page of stack.current?.querySelectorAll<HTMLElement>(".page") ?? []) {
        const box = page.getBoundingClientRect();
        const ordinal = Number(page.dataset["page"]);
        if (box.top <= view.top + view.height / 2) current = ordinal;
        const digest = shown.current.get(ordinal);
        if (!digest || digest !== step.version.pages[ordinal - 1]?.image.sha256) continue;
        if (box.bottom < view.top || box.top > view.bottom) continue;
        const top = (view.top - box.top) / box.height;
        const bottom = (view.bottom - box.top) / box.height;
        if (coverage.observe(ordinal, top, bottom, BEAT)) onRead(ordinal, digest);
      }
      onCurrent(current);
    };
    const timer = setInterval(look, BEAT);
    return () => clearInterval(timer);
  }, [step.version, covered, onRead, onCurrent]);

  return (
    <main class="screen__work reader" ref={scroller} tabIndex={0}>
      {children}
      <div class="stack" ref={stack}>
        {step.version.pages.map((page) => (
          <PageSheet
            key={page.image.sha256 + page.ordinal}
            page={page}
            count={step.version.pages.length}
            versionId={step.version.id}
            sharp={zoomed.scale > SHARP}
            onShown={(ordinal, digest) => shown.current.set(ordinal, digest)}
          />
        ))}
      </div>
    </main>
  );
}
