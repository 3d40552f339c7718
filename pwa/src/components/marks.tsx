/** Marks: told apart by shape first, colour second. Each is an image with its word as name. */

import type { ComponentChildren } from "preact";
import { t } from "../locales/core.ts";

/** The product's mark: a tick drawn with a pen. */
export const BRAND_PATH =
  "M6.2 25.6c2.6-2.5 5.9-2.7 8-.2l5.6 6.9c5.2-9.6 12-17.4 20.3-23.3 1.5-1.1 3.1.5 2 2C34.3 20.1 28.2 29.7 23.3 41c-1 2.3-4.1 2.5-5.4.4L6.1 27.8c-.5-.7-.5-1.6.1-2.2Z";
const CLOCK = "M12 6v4.3l2.8 1.7";
const LINE = "M2.5 18.3h19";

/** A scalloped disc: twelve arcs of radius `bite` on a circle of radius `r` about (c, c). */
export function scallop(c: number, r: number, bite: number, teeth = 12): string {
  const point = (i: number) => {
    const angle = (i * 2 * Math.PI) / teeth - Math.PI / 2;
    return `${(c + r * Math.cos(angle)).toFixed(2)} ${(c + r * Math.sin(angle)).toFixed(2)}`;
  };
  const arcs = Array.from({ length: teeth }, (_, i) => `A${bite} ${bite} 0 0 1 ${point(i + 1)}`);
  return `M${point(0)}${arcs.join("")}Z`;
}

export type MarkKind =
  | "delivered"
  | "opened"
  | "ticked"
  | "initialled"
  | "signed"
  | "unsure"
  | "revoked"
  | "waitingNet"
  | "needsYou"
  | "notYet";

interface Drawing {
  style: string;
  box?: string;
  draw: () => ComponentChildren;
}

const stroke = (d: string) => () => <path d={d} />;

const DRAWINGS: Record<MarkKind, Drawing> = {
  delivered: { style: "one", draw: stroke("M5 10.5l4.7 4.8L19 4.5") },
  opened: { style: "", draw: stroke("M2 10.5l4.5 4.8L15.5 4.5M10.8 13.6l1.7 1.7L21.5 4.5") },
  ticked: { style: "read", draw: stroke(`M2.3 8l4 4.3L14 3M10.6 10.8l1.4 1.5L20.2 3${LINE}`) },
  initialled: {
    style: "paraf",
    draw: stroke(
      `M3 13.5c4-2 6.5-7 5.3-9.7-.9-1.7-3 .3-3 4 0 4.3 2.6 6.2 4.6 3.7 1.2-1.5 1.7-3.5 2.6-3.5 1.2 0 .2 4 1.7 4.4 1.4.3 2-3.7 3.3-3.7 1 0 .5 3 3.5 2.6${LINE}`,
    ),
  },
  signed: {
    style: "seal",
    box: "0 0 24 24",
    draw: () => (
      <>
        <path fill="currentColor" stroke="none" d={scallop(12, 9.6, 2.61)} />
        <path class="mark__cut" d="M7.6 12.4l3.1 3.2 5.8-6.8" />
      </>
    ),
  },
  unsure: {
    style: "unsure",
    box: "0 0 24 24",
    draw: () => (
      <>
        <path stroke-dasharray="3.6 2.6" d={scallop(12, 8.8, 2.39)} />
        <path d="M8.3 12.2v.1M12 12.2v.1M15.7 12.2v.1" stroke-width="2.4" />
      </>
    ),
  },
  revoked: {
    style: "void",
    box: "0 0 24 24",
    draw: () => (
      <>
        <path d={scallop(12, 8.8, 2.39)} />
        <path d="M3.5 20.5l17-17" stroke-width="2.2" />
      </>
    ),
  },
  waitingNet: {
    style: "ring",
    draw: () => (
      <>
        <circle cx="12" cy="10" r="7.6" stroke-dasharray="3.2 2.77" />
        <path d={CLOCK} />
      </>
    ),
  },
  needsYou: { style: "stop", draw: stroke("M12 2.2 21.6 18H2.4zM12 8v4.6M12 15.3v.1") },
  notYet: { style: "ring", draw: () => <circle cx="12" cy="10" r="7.6" /> },
};

export function Mark({ kind }: { kind: MarkKind }) {
  const { style, box = "0 0 24 20", draw } = DRAWINGS[kind];
  return (
    <svg class={style ? `mark mark--${style}` : "mark"} viewBox={box} role="img" aria-label={t(kind)}>
      {draw()}
    </svg>
  );
}

export function Brand({ named = false }: { named?: boolean }) {
  return (
    <svg class="brand" viewBox="0 0 48 48" {...(named ? { role: "img", "aria-label": "Centang" } : { "aria-hidden": true })}>
      <path fill="currentColor" d={BRAND_PATH} />
    </svg>
  );
}
