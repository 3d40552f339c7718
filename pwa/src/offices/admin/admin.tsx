/** The administrator's place: what is kept here, and what the installation still lacks. */

import type { ComponentType } from "preact";
import type { ViewProps } from "../../app/view.ts";
import { Door, Download, File, Globe, Key, Pen, Person, Shield } from "../../components/icons.tsx";
import { Dock } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { t } from "../../locales/offices-admin.ts";
import { signedIn } from "../../store/session.ts";
import { Entry, Loaded, Office } from "../parts.tsx";
import type { AgencySettings, Unit } from "../types.ts";
import { AgencyView } from "./agency.tsx";
import { KindsView } from "./kinds.tsx";
import { OfflineView } from "./offline.tsx";
import { PeopleView } from "./people.tsx";
import { PositionsView } from "./positions.tsx";
import { PreparationView } from "./preparation.tsx";
import { ServiceView } from "./service.tsx";
import { TrustView } from "./trust.tsx";
import { UnitsView } from "./units.tsx";

const SECTIONS: Record<string, ComponentType<{ rest: string[] }>> = {
  instansi: AgencyView,
  unit: UnitsView,
  jabatan: PositionsView,
  orang: PeopleView,
  naskah: KindsView,
  layanan: ServiceView,
  luring: OfflineView,
  penyiapan: PreparationView,
  akar: TrustView,
};

export function AdminView({ at: [section = "", ...rest] }: ViewProps) {
  const View = SECTIONS[section] ?? Overview;
  return <View rest={rest} />;
}

function Overview() {
  const settings = useResource<AgencySettings>("/agency/settings");
  const units = useResource<{ items: Unit[] }>("/units");
  const noArms = settings.value && !settings.value.logo_url;
  const noUnits = units.value && !units.value.items.length;
  const unready = noArms || noUnits;
  return (
    <Office
      title={t("admin")}
      dock={
        unready && (
          <Dock>
            <a class="btn btn--main" href="/kelola/penyiapan">
              {t("prepare")}
            </a>
          </Dock>
        )
      }
    >
      <Loaded from={settings}>
        {(agency) => (
          <div class="summary">
            <b>{agency.name || signedIn().agency.name}</b>
            <span>{[agency.city, agency.zone].filter(Boolean).join(", ")}</span>
            {unready && <p>{[noUnits && t("noUnits"), noArms && t("noArms")].filter(Boolean).join(" ")}</p>}
          </div>
        )}
      </Loaded>
      <ul class="settings">
        <li>
          <Entry Icon={Person} href="/kelola/orang" name={t("people")}>
            {t("peopleNote")}
          </Entry>
        </li>
        <li>
          <Entry Icon={Shield} href="/kelola/jabatan" name={t("positions")}>
            {t("positionsNote")}
          </Entry>
        </li>
        <li>
          <Entry Icon={Door} href="/kelola/unit" name={t("units")}>
            {units.value ? t("unitsCount", { count: units.value.items.length }) : t("unitsNote")}
          </Entry>
        </li>
        <li>
          <Entry Icon={Pen} href="/kelola/naskah" name={t("docKinds")}>
            {t("docKindsNote")}
          </Entry>
        </li>
        <li>
          <Entry Icon={Globe} href="/kelola/layanan" name={t("service")}>
            {t("serviceNote")}
          </Entry>
        </li>
        <li>
          <Entry Icon={Download} href="/kelola/luring" name={t("offline")}>
            {t("offlineNote")}
          </Entry>
        </li>
        <li>
          <Entry Icon={Key} href="/kelola/akar" name={t("trust")}>
            {t("trustNote")}
          </Entry>
        </li>
        <li>
          <Entry Icon={File} href="/kelola/instansi" name={t("agency")}>
            {t("agencyNote")}
          </Entry>
        </li>
      </ul>
    </Office>
  );
}
