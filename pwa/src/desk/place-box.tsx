/** One appearance on the page: moved by finger, mouse or arrow keys, kept when it comes to rest. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { PageImage, Place, Placement } from "../api/desk-types.ts";
import { asProblem } from "../api/problem.ts";
import { QrSketch } from "../components/qr-image.tsx";
import { say } from "../components/toast.tsx";
import { t } from "../locales/desk.ts";
import { explain } from "../locales/explain.ts";
import { place as keep } from "./store.ts";

/** Points in a millimetre. */
const MM = 72 / 25.4;
const SMALLEST = { width: 120, height: 48 };

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), Math.max(low, high));

/** The place kept within the page, and never smaller than a readable QR with its words. */
export function within({ page, x, y, width, height }: Place, sheet: { width: number; height: number }): Place {
  const wide = clamp(width, SMALLEST.width, sheet.width);
  const high = clamp(height, SMALLEST.height, sheet.height);
  return { page, x: clamp(x, 0, sheet.width - wide), y: clamp(y, 0, sheet.height - high), width: wide, height: high };
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

interface Props {
  place: Placement;
  page: PageImage;
  who: string;
  paperId: string;
  all: Placement[];
}

export function PlaceBox({ place, page, who, paperId, all }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<Place>(place);
  const [moving, setMoving] = useState(false);
  const timer = useRef(0);
  const bad = place.checks.some((check) => !check.ok);

  useEffect(() => setAt(place), [place]);
  useEffect(() => {
    const style = box.current?.style;
    if (!style) return;
    const share = (part: number, whole: number) => `${(part / whole) * 100}%`;
    style.left = share(at.x, page.width);
    style.bottom = share(at.y, page.height);
    style.width = share(at.width, page.width);
    style.height = share(at.height, page.height);
  }, [at, page]);

  const settle = (next: Place) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      const others = all.filter((one) => one.placed && one.ordinal !== place.ordinal).map(kept);
      const items = [...others, { ordinal: place.ordinal, ...bare(next) }];
      keep(paperId, items).catch((error: unknown) => say(explain(asProblem(error))));
    }, 350);
  };
  const move = (next: Place) => {
    const inside = within(next, page);
    setAt(inside);
    settle(inside);
  };
  const follow = (event: PointerEvent, how: (from: Place, dx: number, dy: number) => Place) => {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const scale = page.width / (box.current?.parentElement?.clientWidth ?? page.width);
    const [startX, startY, from] = [event.clientX, event.clientY, at];
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture(event.pointerId);
    setMoving(true);
    const dragged = (e: PointerEvent) => move(how(from, (e.clientX - startX) * scale, (e.clientY - startY) * scale));
    const ended = () => {
      setMoving(false);
      target.removeEventListener("pointermove", dragged);
    };
    target.addEventListener("pointermove", dragged);
    target.addEventListener("pointerup", ended, { once: true });
    target.addEventListener("pointercancel", ended, { once: true });
  };
  const label = t("placeLabel", { who });
  return (
    <div
      ref={box}
      class={bad ? "drag drag--bad" : "drag"}
      tabIndex={0}
      role="button"
      aria-label={label}
      onPointerDown={(event) => follow(event, (from, dx, dy) => ({ ...from, x: from.x + dx, y: from.y - dy }))}
      onKeyDown={(event) => {
        const arrow = ARROWS[event.key];
        if (!arrow) return;
        event.preventDefault();
        const step = (event.shiftKey ? 5 : 1) * MM;
        move({ ...at, x: at.x + arrow[0] * step, y: at.y + arrow[1] * step });
      }}
    >
      <QrSketch />
      <small aria-hidden="true">{who}</small>
      <span class="drag__tag">{t("placeAt", { x: Math.round(at.x / MM), y: Math.round(at.y / MM) })}</span>
      <span
        class="drag__grip"
        title={t("resize")}
        onPointerDown={(event) =>
          follow(event, (from, dx, dy) => ({ ...from, width: from.width + dx, y: from.y - dy, height: from.height + dy }))
        }
      />
      {moving && <i class="guide" />}
    </div>
  );
}

const bare = ({ page, x, y, width, height }: Place): Place => ({ page, x, y, width, height });
const kept = (one: Placement) => (one.anchor ? { ordinal: one.ordinal, anchor: one.anchor } : { ordinal: one.ordinal, ...bare(one) });
