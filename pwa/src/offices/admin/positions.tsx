/** Positions by unit: who holds each, and whether one of them can sign. */

import { useState } from "preact/hooks";
import { change, erase, post } from "../../api/client.ts";
import { CheckBox, TextField } from "../../components/fields.tsx";
import { Alert, Button, Dock } from "../../components/parts.tsx";
import { useList, useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/offices-admin.ts";
import { Choice, SearchBar, blank, sound, type Wrong } from "../fields.tsx";
import { DoSheet, Entry, Listing, Office, useDoing } from "../parts.tsx";
import type { Position, Unit } from "../types.ts";
import { MandateSheet } from "./mandate.tsx";

export function PositionsView() {
  const [query, setQuery] = useState("");
  const positions = useList<Position>(`/positions?query=${encodeURIComponent(query.trim())}`);
  const [open, setOpen] = useState<Position | "new" | null>(null);
  const [filling, setFilling] = useState<Position | null>(null);
  const done = (said: string) => {
    setOpen(null);
    setFilling(null);
    say(said);
    positions.reload();
  };
  return (
    <Office
      title={t("positions")}
      up="/kelola"
      dock={
        <Dock>
          <Button onClick={() => setOpen("new")}>{t("positionAdd")}</Button>
        </Dock>
      }
    >
      <SearchBar label={t("positionFind")} value={query} onValue={setQuery} />
      <Listing
        from={positions}
        empty={query ? { title: core("searchNone"), text: core("searchNoneHint") } : { title: t("positionsNone"), text: t("positionsNoneText") }}
      >
        {(position) => (
          <Entry name={position.title} onOpen={() => setOpen(position)}>
            {holderOf(position)}
            <br />
            {position.head_of_unit ? t("headOf", { unit: position.unit_name }) : position.unit_name}
          </Entry>
        )}
      </Listing>
      {open && (
        <PositionSheet
          position={open === "new" ? null : open}
          onClose={() => setOpen(null)}
          onDone={done}
          onFill={(position) => {
            setOpen(null);
            setFilling(position);
          }}
        />
      )}
      {filling && (
        <MandateSheet position={{ id: filling.id, name: filling.title }} onClose={() => setFilling(null)} onDone={done} />
      )}
    </Office>
  );
}

function holderOf({ holders, can_sign }: Position): string {
  const [first, ...others] = holders;
  if (!first) return t("vacant");
  const name = [first, ...others].map((one) => one.name).join(", ");
  return t(can_sign ? "heldBy" : "heldByUnready", { name });
}

interface PositionSheetProps {
  position: Position | null;
  onClose: () => void;
  onDone: (said: string) => void;
  onFill: (position: Position) => void;
}

function PositionSheet({ position, onClose, onDone, onFill }: PositionSheetProps) {
  const units = useResource<{ items: Unit[] }>("/units");
  const [title, setTitle] = useState(position?.title ?? "");
  const [unit, setUnit] = useState(position?.unit_id ?? "");
  const [head, setHead] = useState(position?.head_of_unit ?? false);
  const [wrong, setWrong] = useState<Wrong<"title" | "unit">>({});
  const closing = useDoing();
  const ready = () => {
    const found = blank({ title, unit }, ["title", "unit"]);
    setWrong(found);
    return sound(found);
  };
  const keep = async () => {
    const facts = { title: title.trim(), head_of_unit: head };
    if (position) await change(`/positions/${position.id}`, facts);
    else await post("/positions", { ...facts, unit_id: unit });
    onDone(t(position ? "positionChanged" : "positionOpened", { title: facts.title }));
  };
  const close = () =>
    closing.run(async () => {
      await erase(`/positions/${position?.id}`);
      onDone(t("positionClosed", { title }));
    });
  return (
    <DoSheet
      title={t(position ? "position" : "positionAdd")}
      action={core("save")}
      ready={ready}
      onDo={keep}
      onClose={onClose}
      other={
        position && (
          <>
            {closing.problem && <Alert problem={closing.problem} />}
            <Button kind="line" onClick={() => onFill(position)}>
              {t("appoint")}
            </Button>
            <Button kind="calm" busy={closing.busy} onClick={close}>
              {t("positionClose")}
            </Button>
          </>
        )
      }
    >
      {position?.holders.map((holder) => (
        <a class="link" key={holder.person_id} href={`/kelola/orang/${holder.person_id}`}>
          {holder.name}
        </a>
      ))}
      <TextField label={t("positionTitle")} value={title} wrong={wrong.title} maxLength={200} onValue={setTitle} />
      {!position && (
        <Choice label={t("unit")} value={unit} wrong={wrong.unit} onValue={setUnit}>
          <option value="" />
          {units.value?.items.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </Choice>
      )}
      <CheckBox checked={head} onChecked={setHead}>
        {t("isHead")}
        <small>{t("isHeadHint")}</small>
      </CheckBox>
    </DoSheet>
  );
}
