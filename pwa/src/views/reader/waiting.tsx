/** A device that may not act yet: what waits, until when, and what helps. Said before anyone tries. */

import { useEffect } from "preact/hooks";
import { NoteCard } from "../../components/parts.tsx";
import { clock, day, longDate } from "../../lib/time.ts";
import { t } from "../../locales/reader.ts";
import { serverNow } from "../../store/network.ts";
import { renew, signedIn } from "../../store/session.ts";
import { standing, type Standing } from "../../store/standing.ts";

/** How this device stands now; asked anew when it waited, for it may have been approved meanwhile. */
export function useStanding(): Standing {
  const how = standing(signedIn(), serverNow());
  useEffect(() => {
    if (how.kind !== "ready") void renew();
  }, []);
  return how;
}

function until(at: Date): string {
  const { zone } = signedIn().agency;
  const time = `${clock(at, zone)} ${zone}`;
  return day(at, zone) === day(serverNow(), zone) ? time : `${longDate(at, zone)} ${time}`;
}

export function WaitingNote({ how }: { how: Standing }) {
  if (how.kind === "ready") return null;
  if (how.kind === "waits") return <NoteCard title={t("deviceWaits")}>{t("deviceWaitsText", { until: until(how.until) })}</NoteCard>;
  return how.kind === "suspended" ? (
    <NoteCard title={t("deviceSuspended")}>{t("deviceSuspendedText")}</NoteCard>
  ) : (
    <NoteCard title={t("deviceUnenrolled")}>{t("deviceUnenrolledText")}</NoteCard>
  );
}
