/** The number on the app's icon: how many papers wait. Gone with the person. */

import { effect } from "@preact/signals";
import { inbox } from "../store/inbox.ts";
import { session } from "../store/session.ts";

effect(() => {
  const waits = session.value ? inbox.value?.total : session.value === null ? 0 : undefined;
  if (waits === undefined || typeof navigator === "undefined" || !("setAppBadge" in navigator)) return;
  navigator.setAppBadge(waits).catch(() => undefined);
});
