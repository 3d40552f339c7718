/** The first officer's word: what is proposed, and how the identity was checked. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { TextField } from "../../components/fields.tsx";
import { t } from "../../locales/offices.ts";
import { serverNow } from "../../store/network.ts";
import { Choice, LongField, PersonPicker, sound, today } from "../fields.tsx";
import { DoSheet } from "../parts.tsx";
import type { DecisionKind, Named, Person } from "../types.ts";
import { METHODS, isWaiting } from "./store.ts";

interface Props {
  person: Person;
  /** What may be proposed; one is not asked for. */
  kinds: DecisionKind[];
  /** What a proposal about one certificate or device is about. */
  subject?: Record<string, string>;
  onClose: () => void;
  onDone: (said: string) => void;
}

const WITH_IDENTITY: DecisionKind[] = ["issue-certificate", "reset-second-factor", "lift-suspension", "correct-identity"];

export function ProposeSheet({ person, kinds, subject = {}, onClose, onDone }: Props) {
  const [kind, setKind] = useState(kinds[0] as DecisionKind);
  const [method, setMethod] = useState<string>(METHODS[0]);
  const [evidence, setEvidence] = useState("");
  const [checked, setChecked] = useState(() => today(serverNow()));
  const [device, setDevice] = useState("");
  const [decree, setDecree] = useState("");
  const [second, setSecond] = useState<Named | null>(null);
  const [name, setName] = useState("");
  const [nip, setNip] = useState("");
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const identity = WITH_IDENTITY.includes(kind);
  const issuing = kind === "issue-certificate";
  const correcting = kind === "correct-identity";
  const sealing = kind === "make-seal";
  const decreed = sealing || kind === "make-officer";
  const digits = nip.replace(/\s/g, "");
  const waiting = person.devices.filter(isWaiting);
  const ready = () => {
    const late = checked > today(serverNow());
    const found = {
      ...(identity && !evidence.trim() ? { evidence: t("evidenceNeeded") } : {}),
      ...(issuing && (!checked || late) ? { checked: t("checkedWrong") } : {}),
      ...(decreed && !decree.trim() ? { decree: t("fillIn") } : {}),
      ...(sealing && (!second || second.id === person.id) ? { second: t("fillIn") } : {}),
      ...(correcting && !name.trim() && !digits ? { name: t("rightNone") } : {}),
      ...(correcting && digits && !/^\d{18}$/.test(digits) ? { nip: t("nipWrong") } : {}),
    };
    setWrong(found);
    return sound(found);
  };
  const propose = async () => {
    const payload = {
      ...subject,
      ...(identity ? { method, evidence: evidence.trim() } : {}),
      ...(issuing ? { checked_at: checked } : {}),
      ...(issuing && device ? { device_id: device } : {}),
      ...(sealing && second ? { second_custodian_id: second.id } : {}),
      ...(decreed ? { decree: decree.trim() } : {}),
      ...(correcting && name.trim() ? { name: name.trim() } : {}),
      ...(correcting && digits ? { nip: digits } : {}),
    };
    await post("/decisions", { kind, person_id: person.id, payload });
    onDone(t("proposedDone"));
  };
  return (
    <DoSheet title={t("propose")} action={t("proposeDo")} ready={ready} onDo={propose} onClose={onClose}>
      {kinds.length > 1 ? (
        <Choice label={t("what")} value={kind} onValue={(value) => setKind(value as DecisionKind)}>
          {kinds.map((one) => (
            <option key={one} value={one}>
              {t(one)}
            </option>
          ))}
        </Choice>
      ) : (
        <p>
          <b>{t(kind)}</b>
        </p>
      )}
      <p class="hint">{t(`then-${kind}`)}</p>
      {sealing && (
        <PersonPicker
          label={t("secondCustodian")}
          chosen={second?.name ?? null}
          wrong={wrong.second}
          onPick={(id, name) => setSecond({ id, name })}
          onClear={() => setSecond(null)}
        />
      )}
      {decreed && (
        <TextField label={t("decree")} value={decree} wrong={wrong.decree} maxLength={200} onValue={setDecree} />
      )}
      {correcting && (
        <>
          <TextField label={t("rightName")} hint={t("rightHint")} value={name} wrong={wrong.name} maxLength={200} onValue={setName} />
          <TextField label={t("rightNip")} value={nip} wrong={wrong.nip} inputMode="numeric" maxLength={24} onValue={setNip} />
        </>
      )}
      {identity && (
        <>
          <Choice label={t("method")} value={method} onValue={setMethod}>
            {METHODS.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </Choice>
          <LongField label={t("evidence")} hint={t("evidenceHint")} value={evidence} wrong={wrong.evidence} onValue={setEvidence} />
        </>
      )}
      {issuing && <TextField label={t("checkedAt")} type="date" value={checked} wrong={wrong.checked} onValue={setChecked} />}
      {issuing && waiting.length > 0 && (
        <Choice label={t("deviceToo")} hint={t("deviceTooHint")} value={device} onValue={setDevice}>
          <option value="">{t("deviceNone")}</option>
          {waiting.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </Choice>
      )}
    </DoSheet>
  );
}
