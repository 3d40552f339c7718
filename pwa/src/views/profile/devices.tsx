/** Devices and open sessions: named, dated, and each can be ended. */

import { useState } from "preact/hooks";
import { erase, post } from "../../api/client.ts";
import type { Device, Page, SignInSession } from "../../api/types.ts";
import { Globe, Phone, Right } from "../../components/icons.tsx";
import { BackBar, Button, Dock, Failed, OfflineStrip, Screen, Skeleton, Work } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { signJws } from "../../lib/device.ts";
import { clock, date } from "../../lib/time.ts";
import { t } from "../../locales/profile.ts";
import { epoch, serverNow } from "../../store/network.ts";
import { enrol, leave, signedIn } from "../../store/session.ts";
import { ownDevice } from "../../store/signing.ts";
import { tell } from "../profile.tsx";
import { Passkeys } from "./passkeys.tsx";
import { QuarantineList } from "./quarantine.tsx";

export const when = (iso: string): string => {
  const { zone } = signedIn().agency;
  return `${date(new Date(iso), zone)} ${clock(new Date(iso), zone)}`;
};

function stateOf(device: Device): string {
  if (device.lost_at) return t("lostAt", { when: when(device.lost_at) });
  if (device.revoked_at) return t("revokedAt", { when: when(device.revoked_at) });
  if (new Date(device.may_sign_from) > serverNow()) return t("waits", { when: when(device.may_sign_from) });
  return t("lastUsed", { when: when(device.last_used_at) });
}

export function DevicesView() {
  const devices = useResource<Page<Device>>("/devices");
  const sessions = useResource<Page<SignInSession>>("/sessions");
  const [open, setOpen] = useState<Device | null>(null);
  const [busy, setBusy] = useState(false);
  const here = signedIn().device;
  const others = devices.value?.items.filter((device) => device.id !== here?.id) ?? [];
  const enrolHere = () => {
    setBusy(true);
    enrol(signedIn().username)
      .then(() => {
        say(t("enrolled"));
        devices.reload();
      }, tell)
      .finally(() => setBusy(false));
  };
  return (
    <Screen title={t("devices")}>
      <BackBar title={t("devices")} to="/profil" />
      <OfflineStrip />
      <Work>
        <h2 class="group">{t("thisDevice")}</h2>
        {here ? (
          <ul class="settings">
            <DeviceRow device={here} onOpen={setOpen} />
          </ul>
        ) : (
          <div class="pad">
            <p>{t("notEnrolled")}</p>
          </div>
        )}
        {others.length > 0 && <h2 class="group">{t("otherDevices")}</h2>}
        <ul class="settings">
          {others.map((device) => (
            <DeviceRow key={device.id} device={device} onOpen={setOpen} />
          ))}
        </ul>
        {devices.value && <Passkeys devices={devices.value.items} onChanged={devices.reload} />}
        {devices.problem && <Failed problem={devices.problem} retry={devices.reload} />}
        {!devices.value && !devices.problem && <Skeleton rows={2} />}
        <QuarantineList />
        {sessions.value && <Sessions list={sessions.value.items} onChanged={sessions.reload} />}
      </Work>
      {!here && (
        <Dock>
          <Button busy={busy} onClick={enrolHere}>
            {t("enrol")}
          </Button>
        </Dock>
      )}
      {open && (
        <DeviceSheet
          device={open}
          onClose={() => setOpen(null)}
          onChanged={(said) => {
            setOpen(null);
            say(said);
            devices.reload();
            sessions.reload();
          }}
        />
      )}
    </Screen>
  );
}

function DeviceRow({ device, onOpen }: { device: Device; onOpen: (device: Device) => void }) {
  return (
    <li>
      <button type="button" onClick={() => onOpen(device)}>
        <Phone />
        <span class="settings__words">
          {device.name}
          <small class="num">{stateOf(device)}</small>
        </span>
        <Right small />
      </button>
    </li>
  );
}

interface DeviceSheetProps {
  device: Device;
  onClose: () => void;
  onChanged: (said: string) => void;
}

/** Approval is a statement of this older device, so a stolen password alone cannot give it. */
async function approve(device: Device): Promise<void> {
  const by = await ownDevice();
  const statement = await signJws(by, "device-approval+jwt", {
    aud: location.origin,
    sub: signedIn().person.id,
    jti: crypto.randomUUID(),
    iat: epoch(),
    device: device.id,
  });
  await post(`/devices/${device.id}/approve`, { statement });
}

function DeviceSheet({ device, onClose, onChanged }: DeviceSheetProps) {
  const [busy, setBusy] = useState(false);
  const here = device.id === signedIn().device?.id;
  const live = !device.revoked_at && !device.lost_at;
  const waits = live && !here && new Date(device.may_sign_from) > serverNow();
  const run = (work: Promise<unknown>, said: string) => {
    setBusy(true);
    work
      .then(() => (here ? leave(null) : onChanged(said)), tell)
      .finally(() => setBusy(false));
  };
  const lost = () => run(post(`/devices/${device.id}/report-lost`), t("lostReported"));
  const revoke = () => run(erase(`/devices/${device.id}`), t("revoked"));
  return (
    <Sheet title={t("deviceSheet")} onClose={onClose}>
      <p>
        <b>{device.name}</b>
        <br />
        <span class="hint num">{stateOf(device)}</span>
      </p>
      {live && <p class="hint">{t("revokeText")}</p>}
      {!device.lost_at && !here && (
        <Button kind="line" busy={busy} onClick={lost}>
          {t("reportLost")}
        </Button>
      )}
      {live && (
        <Button kind={waits ? "line" : "main"} busy={busy} onClick={revoke}>
          {t("revoke")}
        </Button>
      )}
      {waits && (
        <Button busy={busy} onClick={() => run(approve(device), t("approved"))}>
          {t("approve")}
        </Button>
      )}
    </Sheet>
  );
}

function Sessions({ list, onChanged }: { list: SignInSession[]; onChanged: () => void }) {
  const end = (session: SignInSession) =>
    erase(`/sessions/${session.id}`).then(() => {
      if (session.current) return leave(null);
      say(t("ended"));
      return onChanged();
    }, tell);
  return (
    <>
      <h2 class="group">{t("sessions")}</h2>
      <ul class="settings">
        {list.map((session) => (
          <li key={session.id}>
            <div>
              <Globe />
              <span class="settings__words">
                {session.device_name ?? t("unknownDevice")}
                {session.current && `, ${t("thisSession")}`}
                <small class="num">{t("since", { when: when(session.created_at) })}</small>
              </span>
              <button type="button" class="btn btn--text" onClick={() => void end(session)}>
                {t("endSession")}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
