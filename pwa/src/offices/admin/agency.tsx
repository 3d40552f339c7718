/** The agency's own facts: name, zone, coat of arms, pattern of numbers, what is printed and shown. */

import { useState } from "preact/hooks";
import { CheckBox, TextField } from "../../components/fields.tsx";
import { useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices-admin.ts";
import { Choice, blank, sound, type Wrong } from "../fields.tsx";
import { Loaded, Office, SaveDock, Section, useDoing } from "../parts.tsx";
import type { AgencySettings } from "../types.ts";
import { Arms } from "./arms.tsx";
import { NumberPattern } from "./number-pattern.tsx";
import { keepSettings } from "./store.ts";
import { AgencyStyle } from "./style-fields.tsx";

export const ZONES = ["WIB", "WITA", "WIT"] as const;

export function AgencyView() {
  const settings = useResource<AgencySettings>("/agency/settings");
  return settings.value ? (
    <AgencyForm kept={settings.value} />
  ) : (
    <Office title={t("agency")} up="/kelola">
      <Loaded from={settings}>{() => null}</Loaded>
    </Office>
  );
}

function AgencyForm({ kept }: { kept: AgencySettings }) {
  const [facts, setFacts] = useState(kept);
  const [wrong, setWrong] = useState<Wrong<"name" | "short_name">>({});
  const { busy, problem, run } = useDoing();
  const set = (changed: Partial<AgencySettings>) => setFacts({ ...facts, ...changed });
  const keep = () => {
    const found = blank({ name: facts.name, short_name: facts.short_name }, ["name", "short_name"]);
    setWrong(found);
    if (!sound(found)) return;
    run(async () => {
      const { name, short_name, city, zone, number_template, policy, block_order, print_nip, print_titles, foot } = facts;
      const changed = { name, short_name, zone, number_template, policy, block_order, print_nip, print_titles, foot };
      setFacts(await keepSettings(city.trim() ? { ...changed, city } : changed));
      say(t("agencyKept"));
    });
  };
  return (
    <Office
      title={t("agency")}
      up="/kelola"
      dock={<SaveDock busy={busy} problem={problem} onSave={keep} />}
    >
      <div class="pad">
        <TextField label={t("agencyName")} value={facts.name} wrong={wrong.name} maxLength={200} onValue={(name) => set({ name })} />
        <TextField label={t("shortName")} value={facts.short_name} wrong={wrong.short_name} maxLength={200} onValue={(short_name) => set({ short_name })} />
        <TextField label={t("city")} hint={t("cityHint")} value={facts.city} maxLength={200} onValue={(city) => set({ city })} />
        <ZoneChoice value={facts.zone} onValue={(zone) => set({ zone })} />
        <DigestHour value={facts.policy.digest_hour} onValue={(hour) => set({ policy: { ...facts.policy, digest_hour: hour } })} />
      </div>
      <Section title={t("arms")}>
        <div class="pad">
          <Arms url={facts.logo_url} onKept={() => undefined} />
        </div>
      </Section>
      <Section title={t("numbers")}>
        <div class="pad">
          <NumberPattern value={facts.number_template} onValue={(number_template) => set({ number_template })} />
        </div>
      </Section>
      <Section title={t("printed")}>
        <div class="pad">
          <AgencyStyle value={facts} onValue={set} />
          <CheckBox
            checked={facts.policy.public_download !== false}
            onChecked={(shown) => set({ policy: { ...facts.policy, public_download: shown } })}
          >
            {t("publicFile")}
            <small>{t("publicFileHint")}</small>
          </CheckBox>
        </div>
      </Section>
    </Office>
  );
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const USUAL_HOUR = 7;

function DigestHour({ value, onValue }: { value: unknown; onValue: (hour: number) => void }) {
  const chosen = typeof value === "number" ? value : USUAL_HOUR;
  return (
    <Choice label={t("digestHour")} hint={t("digestHourHint")} value={String(chosen)} onValue={(hour) => onValue(Number(hour))}>
      {HOURS.map((hour) => (
        <option key={hour} value={hour}>
          {t("hour", { hour: String(hour).padStart(2, "0") })}
        </option>
      ))}
    </Choice>
  );
}

export function ZoneChoice({ value, onValue }: { value: string; onValue: (zone: AgencySettings["zone"]) => void }) {
  return (
    <Choice label={t("zone")} hint={t("zoneHint")} value={value} onValue={(zone) => onValue(zone as AgencySettings["zone"])}>
      {ZONES.map((zone) => (
        <option key={zone} value={zone}>
          {t(zone)}
        </option>
      ))}
    </Choice>
  );
}
