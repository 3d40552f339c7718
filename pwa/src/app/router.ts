/** Addresses of screens, with the History API. A sheet adds an entry, so that Back closes it. */

import { signal } from "@preact/signals";
import { isPlace } from "./paths.ts";

export const path = signal(typeof location === "undefined" ? "/" : location.pathname);

/** The scanner's page may compile WebAssembly, the others may not: between them the page comes anew. */
const compiles = typeof location !== "undefined" && location.pathname.startsWith("/pindai");

/** Whether the person has moved between screens yet; the first one leaves the focus alone. */
export const moved = { yet: false };

export interface GoOptions {
  replace?: boolean;
}

export function go(to: string, { replace = false }: GoOptions = {}): void {
  const sheetOpen = Boolean((history.state as { sheet?: boolean } | null)?.sheet);
  if (replace || sheetOpen) history.replaceState(history.state && { inside: (history.state as { inside?: boolean }).inside }, "", to);
  else {
    history.pushState({ inside: true }, "", to);
    moved.yet = true;
  }
  path.value = location.pathname;
}

/** Back to where the person came from inside the app, or to the given screen. */
export function back(to: string): void {
  if ((history.state as { inside?: boolean } | null)?.inside) history.back();
  else go(to, { replace: true });
}

/** The parts of a path after the given first segment: `/naskah/1/asli` → ["1", "asli"]. */
export const parts = (pathname: string): string[] => pathname.split("/").slice(1);

export function listen(): void {
  window.addEventListener("popstate", () => void (path.value = location.pathname));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = (event.target as Element).closest("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.download) return;
    if (link.origin !== location.origin || !isPlace(link.pathname)) return;
    if (compiles && !link.pathname.startsWith("/pindai")) return;
    event.preventDefault();
    go(link.pathname + link.hash);
  });
}
