/** A person's own facts: the same form for a newcomer and for a correction. */

import { useState } from "preact/hooks";
import { TextField } from "../../components/fields.tsx";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/offices-admin.ts";
import { t as words } from "../../locales/offices.ts";
import { sound, type Wrong } from "../fields.tsx";
import { DoSheet } from "../parts.tsx";
import type { PersonRow } from "../types.ts";

export interface Facts {
  name: string;
  nip: string | null;
  email: string | null;
  phone: string | null;
}

interface Props {
  title: string;
  person?: PersonRow;
  onKeep: (facts: Facts) => Promise<void>;
  onClose: () => void;
}

export function FactsSheet({ title, person, onKeep, onClose }: Props) {
  const [name, setName] = useState(person?.name ?? "");
  const [nip, setNip] = useState(person?.nip ?? "");
  const [email, setEmail] = useState(person?.email ?? "");
  const [phone, setPhone] = useState(person?.phone ?? "");
  const [wrong, setWrong] = useState<Wrong<"name" | "nip" | "email">>({});
  const digits = nip.replace(/\s/g, "");
  const ready = () => {
    const found = {
      ...(name.trim() ? {} : { name: words("fillIn") }),
      ...(digits && !/^\d{18}$/.test(digits) ? { nip: t("nipWrong") } : {}),
      ...(email.trim() && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email.trim()) ? { email: t("emailWrong") } : {}),
    };
    setWrong(found);
    return sound(found);
  };
  const keep = () =>
    onKeep({ name: name.trim(), nip: digits || null, email: email.trim() || null, phone: phone.trim() || null });
  return (
    <DoSheet title={title} action={core("save")} ready={ready} onDo={keep} onClose={onClose}>
      <TextField label={t("name")} hint={t("nameHint")} value={name} wrong={wrong.name} maxLength={200} autocomplete="off" onValue={setName} />
      <TextField label={t("nip")} value={nip} wrong={wrong.nip} inputMode="numeric" maxLength={24} autocomplete="off" onValue={setNip} />
      <TextField label={t("email")} type="email" value={email} wrong={wrong.email} maxLength={254} autocomplete="off" onValue={setEmail} />
      <TextField label={t("phone")} value={phone} inputMode="numeric" maxLength={40} autocomplete="off" onValue={setPhone} />
    </DoSheet>
  );
}
