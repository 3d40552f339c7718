/** A sheet that rises over the screen: takes the focus, gives it back, closes by ×, Escape and Back. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../locales/core.ts";
import { Close } from "./icons.tsx";

interface SheetProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Sheet({ title, onClose, children }: SheetProps) {
  const box = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useEffect(() => {
    const dialog = box.current as HTMLDialogElement;
    dialog.showModal();
    history.pushState({ inside: true, sheet: true }, "");
    const popped = () => close.current();
    window.addEventListener("popstate", popped, { once: true });
    return () => {
      window.removeEventListener("popstate", popped);
      dialog.close();
      if ((history.state as { sheet?: boolean } | null)?.sheet) history.back();
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
