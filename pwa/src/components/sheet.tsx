/** A sheet that rises over the screen: takes the focus, gives it back, closes by ×, Escape and Back. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../locales/core.ts";
import { Close } from "./icons.tsx";

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** The sheet's entry in the history, about to be left; a sheet that follows at once takes it over. */
let leaving: ReturnType<typeof setTimeout> | undefined;

function enterHistory(): void {
  if (leaving === undefined) return history.pushState({ inside: true, sheet: true }, "");
  clearTimeout(leaving);
  leaving = undefined;
}

function leaveHistory(): void {
  leaving = setTimeout(() => {
    leaving = undefined;
    if ((history.state as { sheet?: boolean } | null)?.sheet) history.back();
  });
}

export function Sheet({ title, onClose, children }: SheetProps) {
  const box = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const dialog = box.current as HTMLDialogElement;
    dialog.showModal();
    enterHistory();
    const popped = () => close.current();
    window.addEventListener("popstate", popped, { once: true });
    return () => {
      window.removeEventListener("popstate", popped);
      dialog.close();
      leaveHistory();
    };
  }, []);

  return (
    <dialog
      class="rise"
      ref={box}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === box.current && onClose()}
    >
      <div class="rise__inside">
        <div class="rise__head">
          <h1>{title}</h1>
          <button type="button" class="hit" aria-label={t("close")} onClick={onClose}>
            <Close />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
