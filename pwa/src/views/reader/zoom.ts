/** Pinch and double tap on a scrolling stack of pages; the point under the fingers stays put. */

import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

const MOST = 4;
const DOUBLE_TAP = 300;
const TAPPED = 2.5;

interface Anchor {
  page: HTMLElement;
  /** Where on the page, 0 to 1. */
  x: number;
  y: number;
}

function anchorAt(stack: HTMLElement, x: number, y: number): Anchor | null {
  const page = [...stack.querySelectorAll<HTMLElement>(".page")].find((one) => {
    const box = one.getBoundingClientRect();
    return box.top <= y && y <= box.bottom + 8;
  });
  if (!page) return null;
  const box = page.getBoundingClientRect();
  return { page, x: (x - box.left) / box.width, y: (y - box.top) / box.height };
}

const clamp = (scale: number): number => Math.min(MOST, Math.max(1, scale));

export interface Zoom {
  scale: number;
  by: (factor: number) => void;
}

export function useZoom(scroller: RefObject<HTMLElement | null>, stack: RefObject<HTMLElement | null>): Zoom {
  const [scale, setScale] = useState(1);

  const apply = (next: number, x: number, y: number, anchor = anchorAt(stack.current as HTMLElement, x, y)) => {
    const pages = stack.current;
    const view = scroller.current;
    if (!pages || !view) return;
    pages.style.setProperty("--zoom", String(clamp(next)));
    if (anchor) {
      const box = anchor.page.getBoundingClientRect();
      view.scrollLeft += box.left + anchor.x * box.width - x;
      view.scrollTop += box.top + anchor.y * box.height - y;
    }
    setScale(clamp(next));
  };
  const middle = (): [number, number] => {
    const box = (scroller.current as HTMLElement).getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };

  useEffect(() => {
    const view = scroller.current;
    if (!view) return;
    let now = 1;
    let pinch: { distance: number; scale: number; anchor: Anchor | null } | null = null;
    let lastTap = 0;
    const spread = ({ touches: [a, b] }: TouchEvent) =>
      a && b ? Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) : 0;
    const centre = ({ touches: [a, b] }: TouchEvent): [number, number] =>
      a && b ? [(a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2] : middle();

    const start = (event: TouchEvent) => {
      if (event.touches.length !== 2) return;
      event.preventDefault();
      now = Number(stack.current?.style.getPropertyValue("--zoom") || 1);
      pinch = { distance: spread(event), scale: now, anchor: anchorAt(stack.current as HTMLElement, ...centre(event)) };
    };
    const move = (event: TouchEvent) => {
      if (!pinch || event.touches.length !== 2) return;
      event.preventDefault();
      apply((pinch.scale * spread(event)) / pinch.distance, ...centre(event), pinch.anchor);
    };
    const end = (event: TouchEvent) => {
      if (pinch) {
        if (event.touches.length < 2) pinch = null;
        return;
      }
      const touch = event.changedTouches[0];
      if (!touch || event.touches.length) return;
      const tapped = event.timeStamp - lastTap < DOUBLE_TAP;
      lastTap = tapped ? 0 : event.timeStamp;
      if (!tapped) return;
      event.preventDefault();
      now = Number(stack.current?.style.getPropertyValue("--zoom") || 1);
      apply(now > 1 ? 1 : TAPPED, touch.clientX, touch.clientY);
    };
    const moved = () => void (lastTap = 0);
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      now = Number(stack.current?.style.getPropertyValue("--zoom") || 1);
      apply(now * Math.exp(-event.deltaY / 200), event.clientX, event.clientY);
    };
    view.addEventListener("touchstart", start, { passive: false });
    view.addEventListener("touchmove", move, { passive: false });
    view.addEventListener("touchend", end, { passive: false });
    view.addEventListener("scroll", moved, { passive: true });
    view.addEventListener("wheel", wheel, { passive: false });
    return () => {
      view.removeEventListener("touchstart", start);
      view.removeEventListener("touchmove", move);
      view.removeEventListener("touchend", end);
      view.removeEventListener("scroll", moved);
      view.removeEventListener("wheel", wheel);
    };
  }, []);

  return { scale, by: (factor) => apply(scale * factor, ...middle()) };
}
