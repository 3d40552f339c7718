/** One person for the administrator: facts, account, positions, roles, and leaving. */

import { useState } from "preact/hooks";
import { change, erase, post } from "../../api/client.ts";
import { Button, Dock } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices-admin.ts";
import { t as words } from "../../locales/offices.ts";
import { serverNow } from "../../store/network.ts";
import { renew, signedIn } from "../../store/session.ts";
import { DoSheet, Entry, LinkSheet, Loaded, Nothing, Office, Section, onDay, when } from "../parts.tsx";
import type { PeriodMandate, Person, RoleGrant, Unit } from "../types.ts";
import { InviteSheet } from "./invite.tsx";
import { EndMandateSheet, MandateSheet } from "./mandate.tsx";
import { FactsSheet } from "./person-facts.tsx";
import { RoleSheet } from "./role.tsx";

type Open =
  | { what: "facts" | "invite" | "mandate" | "role" | "leave" }
  | { what: "end"; mandate: PeriodMandate }
  | { what: "revoke"; grant: RoleGrant }
  | { what: "link"; link: string; until: string };

export function PersonView({ id }: { id: string }) {
  const person = useResource<Person>(`/people/${id}`);
  const units = useResource<{ items: Unit[] }>("/units");
  const [open, setOpen] = useState<Open | null>(null);
  const shown = person.value;
  const unitName = (unitId: string | null) => units.value?.items.find((unit) => unit.id === unitId)?.name ?? "";
  const close = () => setOpen(null);
  const done = (said: string) => {
    close();
    say(said);
    person.reload();
    if (id === signedIn().person.id) void renew();
  };
  const invited = shown && !shown.account && !shown.left_at;
  return (
    <Office
      title={shown?.name ?? t("person")}
      up="/kelola/orang"
      dock={
        invited && (
          <Dock>
            <Button onClick={() => setOpen({ what: "invite" })}>{t("invite")}</Button>
          </Dock>
        )
      }
    >
      <Loaded from={person}>
        {(one) => (
          <>
            <div class="summary">
              <b>{one.name}</b>
              <span class="num">{one.nip ?? t("noNip")}</span>
              {one.email && <span>{one.email}</span>}
              {one.phone && <span class="num">{one.phone}</span>}
              <p>{accountWords(one)}</p>
            </div>
            <Section title={t("positions")}>
              {!one.mandates.length && <Nothing>{t("noPosition")}</Nothing>}
              <ul class="settings settings--plain">
                {one.mandates.map((mandate) => (
                  <li key={mandate.id}>
                    <Entry name={mandate.capacity} onOpen={() => setOpen({ what: "end", mandate })}>
                      {period(mandate)}
                      <br />
                      {t("decreeIs", { number: mandate.decree_number })}
                    </Entry>
                  </li>
                ))}
              </ul>
            </Section>
            <Section title={t("roles")}>
              {!one.roles.length && <Nothing>{t("noRole")}</Nothing>}
              <ul class="settings settings--plain">
                {one.roles.map((grant) => (
                  <li key={grant.id}>
                    <Entry name={words(grant.role)} onOpen={() => setOpen({ what: "revoke", grant })}>
                      {grantWords(grant, unitName(grant.unit_id))}
                    </Entry>
                  </li>
                ))}
              </ul>
            </Section>
            {!one.left_at && (
              <div class="tail">
                <Button kind="line" onClick={() => setOpen({ what: "mandate" })}>
                  {t("appoint")}
                </Button>
                <Button kind="line" onClick={() => setOpen({ what: "role" })}>
                  {t("roleAdd")}
                </Button>
                <Button kind="line" onClick={() => setOpen({ what: "facts" })}>
                  {t("factsChange")}
                </Button>
                <Button kind="calm" onClick={() => setOpen({ what: "leave" })}>
                  {t("leave")}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
      {shown && open && <Sheets {...{ shown, open, setOpen, done, close }} unitName={unitName} units={units.value?.items ?? []} />}
    </Office>
  );
}

interface SheetsProps {
  shown: Person;
  open: Open;
  setOpen: (open: Open | null) => void;
  done: (said: string) => void;
  close: () => void;
  unitName: (id: string | null) => string;
  units: Unit[];
}

function Sheets({ shown, open, setOpen, done, close, unitName, units }: SheetsProps) {
  switch (open.what) {
    case "facts":
      return (
        <FactsSheet
          title={t("factsChange")}
          person={shown}
          onClose={close}
          onKeep={async (facts) => {
            await change(`/people/${shown.id}`, facts);
            done(t("factsKept"));
          }}
        />
      );
    case "invite":
      return <InviteSheet person={shown} onClose={close} onLink={(link, until) => setOpen({ what: "link", link, until })} />;
    case "link":
      return (
        <LinkSheet
          title={t("inviteLink", { name: shown.name })}
          text={t("inviteLinkText", { until: when(open.until) })}
          link={open.link}
          onClose={close}
        />
      );
    case "mandate":
      return <MandateSheet person={shown} onClose={close} onDone={done} />;
    case "end":
      return <EndMandateSheet mandate={open.mandate} onClose={close} onDone={done} />;
    case "role":
      return <RoleSheet person={shown} units={units} onClose={close} onDone={done} />;
    case "revoke":
      return (
        <DoSheet
          title={t("roleRevoke")}
          action={t("roleRevokeDo")}
          onClose={close}
          onDo={async () => {
            await erase(`/roles/${open.grant.id}`);
            done(t("roleRevoked"));
          }}
        >
          <p>
            <b>{words(open.grant.role)}</b> {unitName(open.grant.unit_id)}
          </p>
          <p class="hint">{t("roleRevokeText", { name: shown.name })}</p>
        </DoSheet>
      );
    case "leave":
      return (
        <DoSheet
          title={t("leaveTitle", { name: shown.name })}
          action={t("leaveDo")}
          onClose={close}
          onDo={async () => {
            await post(`/people/${shown.id}/leave`);
            done(t("leaveDone", { name: shown.name }));
          }}
        >
          <p class="hint">{t("leaveText")}</p>
        </DoSheet>
      );
  }
}

function grantWords({ counts_from, cleared }: RoleGrant, unit: string): string {
  if (new Date(counts_from) > serverNow()) return t("countsFrom", { when: when(counts_from) });
  return cleared ? `${unit}, ${t("clearedToo")}` : unit;
}

function accountWords({ account, left_at }: Person): string {
  if (left_at) return t("leftOn", { day: onDay(left_at) });
  if (!account) return t("accountNone");
  if (account.closed_at) return t("accountClosed");
  return t(account.totp_confirmed ? "accountReady" : "accountUnconfirmed", { username: account.username });
}

const period = ({ starts_at, ends_at }: PeriodMandate): string =>
  ends_at ? t("period", { from: onDay(starts_at), until: onDay(lastMoment(ends_at)) }) : t("periodOpen", { from: onDay(starts_at) });

/** A period ends as its last day does: the moment before belongs to the day people speak of. */
const lastMoment = (ends: string): string => new Date(new Date(ends).getTime() - 1).toISOString();
