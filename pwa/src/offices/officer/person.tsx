/** One person's case: what waits, certificates, devices, and everything that was decided. */

import { useState } from "preact/hooks";
import type { Device } from "../../api/types.ts";
import { Phone, Shield } from "../../components/icons.tsx";
import { Button, Dock } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices.ts";
import { signedIn } from "../../store/session.ts";
import { Entry, Loaded, Nothing, Office, Section, onDay, when } from "../parts.tsx";
import type { Certificate, Decision, DecisionKind, Person } from "../types.ts";
import { CertificateSheet, certificateState } from "./certificate.tsx";
import { DecisionEntry, DecisionSheet } from "./decision.tsx";
import { DeviceSheet, deviceState } from "./device.tsx";
import { NikSheet } from "./nik.tsx";
import { ProposeSheet } from "./propose.tsx";
import { occasions, pending } from "./store.ts";

type Open =
  | { what: "decision"; decision: Decision }
  | { what: "certificate"; certificate: Certificate }
  | { what: "device"; device: Device }
  | { what: "nik" }
  | { what: "propose"; kinds: DecisionKind[]; subject?: Record<string, string> };

export function PersonCase({ id }: { id: string }) {
  const person = useResource<Person>(`/people/${id}`);
  const [open, setOpen] = useState<Open | null>(null);
  const shown = person.value;
  const own = id === signedIn().person.id;
  const kinds = shown && !own ? occasions(shown) : [];
  const close = () => setOpen(null);
  const done = (said: string) => {
    close();
    say(said);
    person.reload();
  };
  return (
    <Office
      title={shown?.name ?? t("person")}
      up="/petugas"
      dock={
        kinds.length > 0 && (
          <Dock>
            <Button onClick={() => setOpen({ what: "propose", kinds })}>{t("propose")}</Button>
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
              {one.mandates.map((mandate) => (
                <span key={mandate.id}>{mandate.capacity}</span>
              ))}
              <p>{own ? t("ownCase") : accountWords(one)}</p>
            </div>
            <Case person={one} onOpen={setOpen} />
          </>
        )}
      </Loaded>
      {open?.what === "decision" && <DecisionSheet decision={open.decision} onClose={close} onChanged={person.reload} />}
      {shown && open?.what === "propose" && (
        <ProposeSheet person={shown} kinds={open.kinds} {...(open.subject && { subject: open.subject })} onClose={close} onDone={done} />
      )}
      {shown && open?.what === "certificate" && (
        <CertificateSheet
          certificate={open.certificate}
          own={own}
          unsuspending={pending(shown).some((one) => one.kind === "unsuspend-certificate")}
          onUnsuspend={() =>
            setOpen({ what: "propose", kinds: ["unsuspend-certificate"], subject: { certificate_id: open.certificate.id } })
          }
          onClose={close}
          onDone={done}
        />
      )}
      {shown && open?.what === "nik" && <NikSheet personId={id} onClose={close} onDone={done} />}
      {shown && open?.what === "device" && (
        <DeviceSheet
          personId={id}
          device={open.device}
          own={own}
          approving={pending(shown).some((one) => one.kind === "approve-device")}
          onApprove={() => setOpen({ what: "propose", kinds: ["approve-device"], subject: { device_id: open.device.id } })}
          onClose={close}
          onDone={done}
        />
      )}
    </Office>
  );
}

function Case({ person, onOpen }: { person: Person; onOpen: (open: Open) => void }) {
  const waiting = pending(person);
  const decided = person.decisions.filter((one) => one.state !== "proposed");
  const decisions = (list: Decision[]) => (
    <ul class="settings settings--plain">
      {list.map((decision) => (
        <li key={decision.id}>
          <DecisionEntry decision={decision} named={false} onOpen={() => onOpen({ what: "decision", decision })} />
        </li>
      ))}
    </ul>
  );
  return (
    <>
      {waiting.length > 0 && <Section title={t("waiting")}>{decisions(waiting)}</Section>}
      <Section title={t("certificates")}>
        {!person.certificates.length && <Nothing>{t("certificatesNone")}</Nothing>}
        <ul class="settings">
          {person.certificates.map((certificate) => (
            <li key={certificate.id}>
              <Entry Icon={Shield} name={certificate.subject} onOpen={() => onOpen({ what: "certificate", certificate })}>
                {certificateState(certificate)}
              </Entry>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t("nik")}>
        <ul class="settings">
          <li>
            <Entry Icon={Shield} name={person.nik_masked ?? t("nikNone")} onOpen={() => onOpen({ what: "nik" })}>
              {t("nikHint")}
            </Entry>
          </li>
        </ul>
      </Section>
      <Section title={t("devices")}>
        {!person.devices.length && <Nothing>{t("devicesNone")}</Nothing>}
        <ul class="settings">
          {person.devices.map((device) => (
            <li key={device.id}>
              <Entry Icon={Phone} name={device.name} onOpen={() => onOpen({ what: "device", device })}>
                <span class="num">{deviceState(device)}</span>
              </Entry>
            </li>
          ))}
        </ul>
      </Section>
      {decided.length > 0 && <Section title={t("decided")}>{decisions(decided)}</Section>}
    </>
  );
}

/** How the person stands, with what is still missing before a certificate can be proposed. */
function accountWords({ account, left_at, devices }: Person): string {
  if (left_at) return t("leftOn", { day: onDay(left_at) });
  if (!account) return t("accountNone");
  if (account.closed_at) return t("accountClosed");
  if (!account.totp_confirmed) return t("accountUnconfirmed");
  if (account.signing_suspended_at) return t("accountSuspended", { when: when(account.signing_suspended_at) });
  return t(devices.length ? "accountReady" : "accountNoDevice");
}
