/** Appointing a person to a position for a period, and ending it. */

import { useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { CheckBox, TextField } from "../../components/fields.tsx";
import { t } from "../../locales/offices-admin.ts";
import { t as words } from "../../locales/offices.ts";
import { serverNow } from "../../store/network.ts";
import { Choice, PersonPicker, PositionPicker, edgeOfDay, sound, today } from "../fields.tsx";
import { DoSheet } from "../parts.tsx";
import type { Named, PeriodMandate } from "../types.ts";

export const KINDS = ["definitif", "plt", "plh", "pj", "pjs"] as const;
type Kind = (typeof KINDS)[number];

interface MandateSheetProps {
  person?: Named;
  position?: Named;
  onClose: () => void;
  onDone: (said: string) => void;
}

export function MandateSheet({ person, position, onClose, onDone }: MandateSheetProps) {
  const [who, setWho] = useState<Named | null>(person ?? null);
  const [what, setWhat] = useState<Named | null>(position ?? null);
  const [kind, setKind] = useState<Kind>("definitif");
  const [decree, setDecree] = useState("");
  const [from, setFrom] = useState(() => today(serverNow()));
  const [until, setUntil] = useState("");
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const ready = () => {
    const fill = words("fillIn");
    const found = {
      ...(who ? {} : { who: fill }),
      ...(what ? {} : { what: fill }),
      ...(decree.trim() ? {} : { decree: fill }),
      ...(from ? {} : { from: fill }),
      ...(kind !== "definitif" && !until ? { until: t("untilNeeded") } : {}),
      ...(until && until < from ? { until: t("untilBefore") } : {}),
    };
    setWrong(found);
    return sound(found);
  };
  const appoint = async () => {
    await post("/mandates", {
      person_id: who?.id,
      position_id: what?.id,
      kind,
      decree_number: decree.trim(),
      starts_at: edgeOfDay(from, "begins"),
      ends_at: until ? edgeOfDay(until, "ended") : null,
    });
    onDone(t("appointed", { name: who?.name, title: what?.name }));
  };
  return (
    <DoSheet title={t("appoint")} action={t("appointDo")} ready={ready} onDo={appoint} onClose={onClose}>
      {person ? (
        <p>
          <b>{person.name}</b>
        </p>
      ) : (
        <PersonPicker
          label={t("person")}
          chosen={who?.name ?? null}
          wrong={wrong.who}
          onPick={(id, name) => setWho({ id, name })}
          onClear={() => setWho(null)}
        />
      )}
      {position ? (
        <p>
          <b>{position.name}</b>
        </p>
      ) : (
        <PositionPicker
          label={t("position")}
          chosen={what?.name ?? null}
          wrong={wrong.what}
          onPick={(id, name) => setWhat({ id, name })}
          onClear={() => setWhat(null)}
        />
      )}
      <Choice label={t("kind")} value={kind} onValue={(value) => setKind(value as Kind)}>
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {t(one)}
          </option>
        ))}
      </Choice>
      <TextField label={t("decree")} value={decree} wrong={wrong.decree} maxLength={200} onValue={setDecree} />
      <TextField label={t("from")} type="date" value={from} wrong={wrong.from} onValue={setFrom} />
      <TextField
        label={t("untilDay")}
        type="date"
        hint={t(kind === "definitif" ? "untilOptional" : "untilNeeded")}
        value={until}
        wrong={wrong.until}
        onValue={setUntil}
      />
    </DoSheet>
  );
}

interface EndSheetProps {
  mandate: PeriodMandate;
  onClose: () => void;
  onDone: (said: string) => void;
}

export function EndMandateSheet({ mandate, onClose, onDone }: EndSheetProps) {
  const [now, setNow] = useState(true);
  const [day, setDay] = useState("");
  const [wrong, setWrong] = useState<string>();
  const ready = () => {
    setWrong(!now && !day ? words("fillIn") : undefined);
    return now || Boolean(day);
  };
  const end = async () => {
    await post(`/mandates/${mandate.id}/end`, now ? {} : { at: edgeOfDay(day, "ended") });
    onDone(t(now ? "mandateEnded" : "mandateWillEnd", { title: mandate.capacity }));
  };
  return (
    <DoSheet title={t("mandateEnd")} action={t("mandateEndDo")} ready={ready} onDo={end} onClose={onClose}>
      <p>
        <b>{mandate.capacity}</b>
      </p>
      <p class="hint">{t("mandateEndText")}</p>
      <CheckBox checked={now} onChecked={setNow}>
        {t("endNow")}
      </CheckBox>
      {!now && <TextField label={t("lastDay")} type="date" value={day} wrong={wrong} onValue={setDay} />}
    </DoSheet>
  );
}
