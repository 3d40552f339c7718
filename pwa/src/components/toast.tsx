/** One short sentence about what just happened, said aloud too; at most one at a time. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Close } from "./icons.tsx";
import { t } from "../locales/core.ts";
import { endedBecause } from "../store/session.ts";

interface Message {
  text: string;
  action?: { label: string; run: () => void };
}

const message = signal<Message | null>(null);
const STAYS = 6_000;

export const say = (text: string, action?: Message["action"]): void =>
  void (message.value = action ? { text, action } : { text });

export function Toast() {
  const shown = message.value;
  useEffect(() => {
    if (!shown || shown.action) return;
    const timer = setTimeout(() => (message.value = null), STAYS);
    return () => clearTimeout(timer);
  }, [shown]);
  const ended = endedBecause.value;
  // A promise made before the session ended may not hold any more; the door says why it ended.
  useEffect(() => {
    if (ended) message.value = null;
  }, [ended]);
  return (
    <div class="toast" role="status" aria-live="polite">
      {shown && (
        <div class="toast__card">
          <span>{shown.text}</span>
          {shown.action ? (
            <button type="button" class="btn btn--text" onClick={shown.action.run}>
              {shown.action.label}
            </button>
          ) : (
            <button type="button" class="hit" aria-label={t("close")} onClick={() => (message.value = null)}>
              <Close />
            </button>
          )}
        </div>
      )}
    </div>
  );
}
