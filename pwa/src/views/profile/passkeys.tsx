/** Passkeys: each device recognises its owner with one, and says so when something is to be signed. */

import { useEffect, useState } from "preact/hooks";
import { erase, post } from "../../api/client.ts";
import { asProblem, type Problem } from "../../api/problem.ts";
import type { Passkey } from "../../api/signing-types.ts";
import type { Device, Page } from "../../api/types.ts";
import { useCodeSeconds } from "../../components/code-timer.tsx";
import { CodeField } from "../../components/fields.tsx";
import { Key, Right } from "../../components/icons.tsx";
import { Alert, Button } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { deviceOf, rememberPasskey, signJws } from "../../lib/device.ts";
import { canHavePasskeys, createPasskey } from "../../lib/passkey.ts";
import { explain } from "../../locales/explain.ts";
import { t } from "../../locales/profile.ts";
import { epoch } from "../../store/network.ts";
import { signedIn } from "../../store/session.ts";
import { ownDevice } from "../../store/signing.ts";
import { onlyPinOpens } from "../../sync/held.ts";
import { tell } from "../profile.tsx";
import { when } from "./devices.tsx";

/** Gives this device its passkey: the challenge is the digest of what the device's own key states. */
async function enrolPasskey(code: string): Promise<void> {
  const { person, username } = signedIn();
  const device = await ownDevice();
  const claims = { aud: location.origin, sub: person.id, jti: crypto.randomUUID(), iat: epoch() };
  const statement = await signJws(device, "passkey+jwt", claims);
  const { id, prf, client_data, attestation } = await createPasskey(statement, { name: username, displayName: person.name });
  await post("/passkeys", { statement, client_data, attestation, code });
  await rememberPasskey(person.id, { id, prf });
}

/** It may have been taken off from another device. */
async function forgetTakenOff(kept: Passkey[]): Promise<void> {
  const { person } = signedIn();
  const local = (await deviceOf(person.id))?.passkey;
  if (!local || kept.some(({ credential_id }) => credential_id === local.id)) return;
  await rememberPasskey(person.id, undefined);
  await onlyPinOpens();
}

export function Passkeys({ devices, onChanged }: { devices: Device[]; onChanged: () => void }) {
  const found = useResource<Page<Passkey>>("/passkeys");
  const [open, setOpen] = useState<Passkey | "new" | null>(null);
  const items = found.value?.items;
  useEffect(() => void (items && forgetTakenOff(items)), [items]);
  if (!items) return null;
  const here = signedIn().device?.id;
  const offered = here && canHavePasskeys() && !items.some(({ device_id }) => device_id === here);
  if (!offered && !items.length) return null;
  const nameOf = (id: string) => devices.find((device) => device.id === id)?.name ?? t("unknownDevice");
  const done = (said: string) => {
    setOpen(null);
    say(said);
    found.reload();
    onChanged();
  };
  return (
    <>
      <h2 class="group">{t("passkeys")}</h2>
      <ul class="settings">
        {items.map((passkey) => (
          <li key={passkey.id}>
            <button type="button" onClick={() => setOpen(passkey)}>
              <Key />
              <span class="settings__words">
                {nameOf(passkey.device_id)}
                <small class="num">{t("lastUsed", { when: when(passkey.last_used_at) })}</small>
              </span>
              <Right small />
            </button>
          </li>
        ))}
        {offered && (
          <li>
            <button type="button" onClick={() => setOpen("new")}>
              <Key />
              <span class="settings__words">
                {t("passkeyAdd")}
                <small>{t("passkeyAddHint")}</small>
              </span>
              <Right small />
            </button>
          </li>
        )}
      </ul>
      {open === "new" && <NewSheet onClose={() => setOpen(null)} onDone={() => done(t("passkeyAdded"))} />}
      {open && open !== "new" && (
        <RemoveSheet
          passkey={open}
          device={nameOf(open.device_id)}
          onClose={() => setOpen(null)}
          onDone={() => done(t("passkeyRemoved"))}
        />
      )}
    </>
  );
}

function NewSheet({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [short, setShort] = useState(false);
  const [busy, setBusy] = useState(false);
  const seconds = useCodeSeconds();
  const about = problem && /code/.test(problem.code) ? explain(problem) : undefined;
  const submit = async () => {
    if (code.length < 6) return setShort(true);
    setBusy(true);
    setProblem(null);
    try {
      await enrolPasskey(code);
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Sheet title={t("passkeyAdd")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        <p class="rise__text">{t("passkeyText")}</p>
        <CodeField
          label={t("code")}
          note={t("turns", { seconds })}
          value={code}
          wrong={short ? t("codeShort") : about}
          onValue={(value) => {
            setShort(false);
            setProblem(null);
            setCode(value);
          }}
        />
        {problem && !about && <Alert problem={problem} />}
        <Button submit busy={busy}>
          {t("passkeyAdd")}
        </Button>
      </form>
    </Sheet>
  );
}

interface RemoveProps {
  passkey: Passkey;
  device: string;
  onClose: () => void;
  onDone: () => void;
}

function RemoveSheet({ passkey, device, onClose, onDone }: RemoveProps) {
  const [busy, setBusy] = useState(false);
  const remove = () => {
    setBusy(true);
    erase(`/passkeys/${passkey.id}`)
      .then(onDone, tell)
      .finally(() => setBusy(false));
  };
  return (
    <Sheet title={t("passkeySheet")} onClose={onClose}>
      <p>
        <b>{device}</b>
        <br />
        <span class="hint num">{t("passkeySince", { when: when(passkey.enrolled_at) })}</span>
        {passkey.backed_up && (
          <>
            <br />
            <span class="hint">{t("passkeySynced")}</span>
          </>
        )}
      </p>
      <p class="hint">{t("passkeyRemoveText")}</p>
      <Button busy={busy} onClick={remove}>
        {t("passkeyRemove")}
      </Button>
    </Sheet>
  );
}
