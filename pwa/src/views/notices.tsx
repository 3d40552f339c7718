/** Pemberitahuan: what this person should know, newest first. Opening the list reads it. */

import "../styles/trail.css";
import { useEffect } from "preact/hooks";
import { post } from "../api/client.ts";
import type { Notice } from "../api/types.ts";
import { go } from "../app/router.ts";
import type { ViewProps } from "../app/view.ts";
import { Bell, Clock, File, Key, Shield } from "../components/icons.tsx";
import { BackBar, Button, Dock, Empty, Failed, OfflineStrip, Screen, Skeleton, Work } from "../components/parts.tsx";
import { useList } from "../components/resource.ts";
import { longDate, moment } from "../lib/time.ts";
import { t as core } from "../locales/core.ts";
import { isWord, t } from "../locales/trail.ts";
import { serverNow } from "../store/network.ts";
import { renew, signedIn } from "../store/session.ts";

const OWN_TURN: ReadonlySet<Notice["kind"]> = new Set(["your-turn", "due-soon", "overdue"]);
const REMINDS: ReadonlySet<Notice["kind"]> = new Set(["due-soon", "overdue", "late"]);

function target(notice: Notice): string {
  if (OWN_TURN.has(notice.kind) && notice.step_id) return `/naskah/${notice.step_id}`;
  if (notice.kind === "security") return watched(notice) ?? "/profil/perangkat";
  if (notice.kind === "certificate-expires") return notice.data.own ? "/profil/sertifikat" : `/petugas/orang/${notice.data.person}`;
  if (notice.kind === "seal") return notice.data.news === "expires" ? "/meja" : "/profil/segel";
  return notice.document_id ? `/jejak/${notice.document_id}` : "/meja";
}

/** A new officer who does not count yet: whoever was told may object. */
function watched({ data: { event, own, details } }: Notice): string | undefined {
  return event === "role-granted" && details?.counts_from && !own ? `/keberatan/${details.grant}` : undefined;
}

/** What a notice is about that no paper's subject says, in the app alone: a lock screen is read by bystanders. */
function happened({ kind, data: { event, name, own, until, details, waiting, ...seal } }: Notice): string | null {
  const { zone } = signedIn().agency;
  if (kind === "digest") return t("digest", { count: waiting });
  if (kind === "certificate-expires" && until) {
    return t(own ? "expiresOwn" : "expires", { name, day: longDate(new Date(until), zone) });
  }
  const news = `seal-${seal.news}`;
  if (kind === "seal" && until && isWord(news)) {
    const end = new Date(until);
    return t(news, { ...seal, when: moment(end, serverNow(), zone), day: longDate(end, zone) });
  }
  const key = `event-${event}`;
  if (kind !== "security" || !isWord(key)) return null;
  const role = `role-${details?.role}`;
  return t(key, { name, ...details, role: isWord(role) ? t(role) : "" });
}

/** With an id, as a push notification has, straight on to what that notice is about. */
export function NoticesView({ at: [opened] }: ViewProps) {
  const list = useList<Notice>("/notices");
  const items = list.value?.items ?? [];
  const newest = items[0];
  const wanted = items.find((notice) => notice.id === opened);
  useEffect(() => {
    if (wanted) go(target(wanted), { replace: true });
  }, [wanted?.id]);
  useEffect(() => {
    if (!newest || newest.read) return;
    void post("/notices/read", { until_id: newest.id }).then(renew, () => undefined);
  }, [newest?.id]);
  return (
    <Screen title={t("notices")}>
      <BackBar title={t("notices")} to="/meja" />
      <OfflineStrip />
      <Work>
        {list.problem && <Failed problem={list.problem} retry={list.reload} />}
        {!list.value && !list.problem && <Skeleton />}
        {list.value && !items.length && <Empty title={t("noticesEmpty")}>{t("noticesEmptyText")}</Empty>}
        <ul class="notices">
          {items.map((notice) => (
            <li key={notice.id}>
              <Item notice={notice} />
            </li>
          ))}
        </ul>
        {list.more && (
          <Dock flat>
            <Button kind="line" onClick={list.more}>
              {core("loadMore")}
            </Button>
          </Dock>
        )}
      </Work>
    </Screen>
  );
}

const ICONS: Partial<Record<Notice["kind"], typeof File>> = {
  security: Key,
  "certificate-expires": Key,
  seal: Shield,
  "your-turn": Bell,
  digest: Bell,
  "due-soon": Clock,
  overdue: Clock,
  late: Clock,
};

function Item({ notice }: { notice: Notice }) {
  const { zone } = signedIn().agency;
  const Icon = ICONS[notice.kind] ?? File;
  const until = REMINDS.has(notice.kind) && notice.data.due_at;
  return (
    <a class={notice.read ? "notice" : "notice notice--new"} href={target(notice)}>
      <Icon />
      <div class="notice__body">
        <span>{notice.title}</span>
        {(notice.subject ?? happened(notice)) && <small>{notice.subject ?? happened(notice)}</small>}
        {until && <small>{t("dueAt", { at: moment(new Date(until), serverNow(), zone) })}</small>}
        <time dateTime={notice.at}>{moment(new Date(notice.at), serverNow(), zone)}</time>
      </div>
    </a>
  );
}
