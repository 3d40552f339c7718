/** What a new installation needs, one thing at a time: coat of arms, units, numbers, issuer. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { go } from "../../app/router.ts";
import { Alert, Button, Dock } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices-admin.ts";
import { Entry, Loaded, Office, useDoing } from "../parts.tsx";
import type { AgencySettings, Unit } from "../types.ts";
import { Arms } from "./arms.tsx";
import { NumberPattern } from "./number-pattern.tsx";
import { keepSettings } from "./store.ts";
import { UnitSheet } from "./units.tsx";

const STEPS = ["lambang", "unit", "nomor", "penerbit"] as const;
type Step = (typeof STEPS)[number];
const TITLES = { lambang: "arms", unit: "units", nomor: "numbers", penerbit: "issuer" } as const;

/** The step's address is its own, so that Back and a reload stay where the person was. */
export function PreparationView({ rest: [at] }: { rest: string[] }) {
  const step = STEPS.find((one) => one === at) ?? STEPS[0];
  const settings = useResource<AgencySettings>("/agency/settings");
  const { busy, problem, run } = useDoing();
  const [pattern, setPattern] = useState<string | null>(null);
  const template = pattern ?? settings.value?.number_template ?? "";
  const index = STEPS.indexOf(step);
  const next = STEPS[index + 1];

  const forward = () =>
    run(async () => {
      if (step === "nomor" && template !== settings.value?.number_template) await keepSettings({ number_template: template });
      if (next) return go(`/kelola/penyiapan/${next}`);
      say(t("prepared"));
      return go("/kelola/orang");
    });

  const screens: Record<Step, (agency: AgencySettings) => ComponentChildren> = {
    lambang: (agency) => <Arms url={agency.logo_url} onKept={() => undefined} />,
    unit: () => <FirstUnits />,
    nomor: () => <NumberPattern value={template} onValue={setPattern} />,
    penerbit: () => <p>{t("issuerOwn")}</p>,
  };

  return (
    <Office
      title={t("preparing")}
      up="/kelola"
      dock={
        settings.value && (
          <Dock>
            {problem && <Alert problem={problem} />}
            <Button busy={busy} onClick={forward}>
              {next ? t("toNext", { next: t(TITLES[next]) }) : t("toPeople")}
            </Button>
          </Dock>
        )
      }
    >
      <ol class="steps" aria-hidden="true">
        {STEPS.map((one, i) => (
          <li key={one} class={i <= index ? "on" : ""} />
        ))}
      </ol>
      <Loaded from={settings}>
        {(agency) => (
          <div class="pad">
            <p>{t("stepOf", { at: index + 1, all: STEPS.length })}</p>
            <h2>{t(TITLES[step])}</h2>
            <p>{t(`why-${step}`)}</p>
            {screens[step](agency)}
          </div>
        )}
      </Loaded>
    </Office>
  );
}

function FirstUnits() {
  const units = useResource<{ items: Unit[] }>("/units");
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Loaded from={units} rows={2}>
        {({ items }) => (
          <ul class="settings settings--plain">
            {items.map((unit) => (
              <li key={unit.id}>
                <Entry name={unit.name}>{unit.code}</Entry>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <Button kind="line" onClick={() => setAdding(true)}>
        {t("unitAdd")}
      </Button>
      {adding && (
        <UnitSheet
          unit={null}
          onClose={() => setAdding(false)}
          onDone={(said) => {
            setAdding(false);
            say(said);
            units.reload();
          }}
        />
      )}
    </>
  );
}
