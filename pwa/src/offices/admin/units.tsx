/** The agency's units: opened, renamed, closed when empty. */

import { useState } from "preact/hooks";
import { change, erase, post } from "../../api/client.ts";
import { TextField } from "../../components/fields.tsx";
import { Alert, Button, Dock } from "../../components/parts.tsx";
import { useList } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/offices-admin.ts";
import { blank, sound, type Wrong } from "../fields.tsx";
import { DoSheet, Entry, Listing, Office, useDoing } from "../parts.tsx";
import type { Unit } from "../types.ts";

export function UnitsView() {
  const units = useList<Unit>("/units");
  const [open, setOpen] = useState<Unit | "new" | null>(null);
  return (
    <Office
      title={t("units")}
      up="/kelola"
      dock={
        <Dock>
          <Button onClick={() => setOpen("new")}>{t("unitAdd")}</Button>
        </Dock>
      }
    >
      <Listing from={units} empty={{ title: t("unitsNone"), text: t("unitsNoneText") }}>
        {(unit) => (
          <Entry name={unit.name} onOpen={() => setOpen(unit)}>
            {unit.code}
          </Entry>
        )}
      </Listing>
      {open && (
        <UnitSheet
          unit={open === "new" ? null : open}
          onClose={() => setOpen(null)}
          onDone={(said) => {
            setOpen(null);
            say(said);
            units.reload();
          }}
        />
      )}
    </Office>
  );
}

interface UnitSheetProps {
  unit: Unit | null;
  onClose: () => void;
  onDone: (said: string) => void;
}

export function UnitSheet({ unit, onClose, onDone }: UnitSheetProps) {
  const [name, setName] = useState(unit?.name ?? "");
  const [code, setCode] = useState(unit?.code ?? "");
  const [wrong, setWrong] = useState<Wrong<"name" | "code">>({});
  const closing = useDoing();
  const ready = () => {
    const found = blank({ name, code }, ["name", "code"]);
    if (!found.code && !/^[A-Za-z0-9][A-Za-z0-9.\-/]{0,31}$/.test(code.trim())) found.code = t("unitCodeHint");
    setWrong(found);
    return sound(found);
  };
  const keep = async () => {
    const facts = { name: name.trim(), code: code.trim() };
    if (unit) await change(`/units/${unit.id}`, facts);
    else await post("/units", facts);
    onDone(t(unit ? "unitChanged" : "unitOpened", { name: facts.name }));
  };
  const close = () =>
    closing.run(async () => {
      await erase(`/units/${unit?.id}`);
      onDone(t("unitClosed", { name }));
    });
  return (
    <DoSheet
      title={t(unit ? "unit" : "unitAdd")}
      action={core("save")}
      ready={ready}
      onDo={keep}
      onClose={onClose}
      other={
        unit && (
          <>
            {closing.problem && <Alert problem={closing.problem} />}
            <Button kind="line" busy={closing.busy} onClick={close}>
              {t("unitClose")}
            </Button>
          </>
        )
      }
    >
      <TextField label={t("unitName")} value={name} wrong={wrong.name} maxLength={200} onValue={setName} />
      <TextField
        label={t("unitCode")}
        hint={t("unitCodeHint")}
        value={code}
        wrong={wrong.code}
        maxLength={32}
        autocapitalize="characters"
        onValue={setCode}
      />
    </DoSheet>
  );
}
