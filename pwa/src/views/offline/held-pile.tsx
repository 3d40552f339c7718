/** The desk without a line: what this phone holds, after the PIN. */

import { effect } from "@preact/signals";
import { useLayoutEffect, useState } from "preact/hooks";
import { Failed, Skeleton } from "../../components/parts.tsx";
import { t } from "../../locales/offline.ts";
import { inbox, inboxProblem, loadInbox, shownFrom } from "../../store/inbox.ts";
import { papers, progress, vaultState } from "../../sync/held.ts";
import { Unlock } from "./unlock.tsx";

/** Puts what is held on the desk; false where nothing is. */
async function lay(): Promise<boolean> {
  const [found, { at }] = await Promise.all([papers(), progress()]);
  // The server may have been quicker.
  if (inbox.peek()) return true;
  if (!at) return false;
  const items = found.map(({ step }) => step);
  inbox.value = { items, next_cursor: null, total: items.length, unopened: items.filter((item) => !item.opened).length };
  shownFrom.value = at;
  return true;
}

// Put away for long: what was opened by PIN leaves the screen too.
effect(() => {
  if (vaultState.value === "open" || shownFrom.peek() === null) return;
  inbox.value = shownFrom.value = null;
});

export function HeldPile() {
  const [nothing, setNothing] = useState(false);
  const state = vaultState.value;
  useLayoutEffect(() => {
    if (state === "open") void lay().then((laid) => setNothing(!laid));
  }, [state]);
  if (state === "locked") return <Unlock />;
  const problem = inboxProblem.value;
  if (problem && (state === "none" || nothing)) {
    return (
      <>
        <Failed problem={problem} retry={() => void loadInbox()} />
        <p class="note">
          <b>{t("nothingHeld")}.</b> {t("nothingHeldText")}
        </p>
      </>
    );
  }
  return <Skeleton rows={5} />;
}
