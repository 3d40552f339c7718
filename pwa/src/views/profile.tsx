/** Profil: who I am here, and the places where devices, certificate and account are looked after. */

import "../styles/profile.css";
import "../styles/door.css";
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asProblem } from "../api/problem.ts";
import { lazy } from "../app/lazy.tsx";
import type { ViewProps } from "../app/view.ts";
import { Bell, Clock, Door, Download, Globe, Key, Phone, Right, Shield } from "../components/icons.tsx";
import { BackBar, OfflineStrip, Screen, Work } from "../components/parts.tsx";
import { useResource } from "../components/resource.ts";
import { say } from "../components/toast.tsx";
import { date } from "../lib/time.ts";
import { explain } from "../locales/explain.ts";
import { language } from "../locales/index.ts";
import { t } from "../locales/profile.ts";
import { Workspaces } from "../offices/workspaces.tsx";
import type { SealStanding } from "../store/seal.ts";
import { signedIn, signOut, speak } from "../store/session.ts";
import { install, installOffer } from "../sync/install.ts";
import { pushOff, pushOn, pushState, type PushState } from "../sync/push.ts";
import { t as offline } from "../locales/offline.ts";
import { unsent } from "../store/unsent.ts";
import { AccountView } from "./profile/account.tsx";
import { CertificateView } from "./profile/certificate.tsx";
import { DevicesView } from "./profile/devices.tsx";
import { LeavingSheet } from "./profile/leaving.tsx";
import { holdingWords, OfflineView, useHolding } from "./profile/offline.tsx";
import { SealView } from "./profile/seal.tsx";

const SECTIONS: Record<string, ComponentType> = {
  perangkat: DevicesView,
  sertifikat: CertificateView,
  keamanan: AccountView,
  segel: SealView,
  luring: OfflineView,
  pemberitahuan: lazy(async () => (await import("./profile/choices.tsx")).ChoicesView),
};

export function ProfileView({ at: [section] }: ViewProps) {
  const Section = section ? SECTIONS[section] : undefined;
  return Section ? <Section /> : <Overview />;
}

export const tell = (error: unknown): void => say(explain(asProblem(error)));

function Overview() {
  const { person, username, mandates, unread, signing_suspended: suspended, agency } = signedIn();
  const seal = useResource<SealStanding>("/seal").value;
  const [asking, setAsking] = useState(false);
  const held = useHolding();
  const leave = async () => {
    await pushOff().catch(() => undefined);
    await signOut();
  };
  const other = language.value === "id" ? "en" : "id";
  return (
    <Screen title={t("title")}>
      <BackBar title={t("title")} to="/" />
      <OfflineStrip />
      <Work>
        <div class="summary">
          <b>{person.name}</b>
          <span class="num">{person.nip ?? username}</span>
          {mandates.map((mandate) => (
            <span key={mandate.id}>
              {mandate.ends_at
                ? t("until", { title: mandate.capacity, until: date(new Date(mandate.ends_at), agency.zone) })
                : mandate.capacity}
            </span>
          ))}
          {suspended && (
            <p class="alert" role="status">
              {t("suspended")}
            </p>
          )}
        </div>
        <Workspaces />
        <ul class="settings">
          <Place href="/pemberitahuan" Icon={Bell} name={t("notices")}>
            {unread > 0 && t("unread", { count: unread })}
          </Place>
          <Place href="/profil/perangkat" Icon={Phone} name={t("devices")} />
          <Place href="/profil/sertifikat" Icon={Shield} name={t("certificate")} />
          {seal && seal.state !== "none" && <Place href="/profil/segel" Icon={Shield} name={t("seal")} />}
          <Place href="/profil/keamanan" Icon={Key} name={t("security")} />
          <Place href="/profil/luring" Icon={Download} name={offline("offline")}>
            {holdingWords(held)}
          </Place>
          {unsent.value.length > 0 && (
            <Place href="/belum-terkirim" Icon={Clock} name={offline("title")}>
              {offline("unsentCount", { count: unsent.value.length })}
            </Place>
          )}
          <PushSwitch />
          <Place href="/profil/pemberitahuan" Icon={Clock} name={t("choices")} />
          <Act Icon={Globe} name={t("language")} act={() => void speak(other).catch(tell)}>
            <span>
              <b>{t("languageNow")}</b>, <span lang={other}>{t("languageOther")}</span>
            </span>
          </Act>
          {installOffer.value && <Act Icon={Download} name={t("install")} act={() => void install()} />}
          <Act Icon={Door} name={t("signOut")} act={() => (unsent.value.length ? setAsking(true) : void leave())}>
            {t("signOutHint")}
          </Act>
        </ul>
      </Work>
      {asking && <LeavingSheet onStay={() => setAsking(false)} onLeave={() => void leave()} />}
    </Screen>
  );
}

interface EntryProps {
  Icon: ComponentType<{ small?: boolean }>;
  name: string;
  children?: ComponentChildren;
}

const Words = ({ name, children }: Omit<EntryProps, "Icon">) => (
  <span class="settings__words">
    {name}
    {children && <small>{children}</small>}
  </span>
);

const Place = ({ href, Icon, name, children }: EntryProps & { href: string }) => (
  <li>
    <a href={href}>
      <Icon />
      <Words name={name}>{children}</Words>
      <Right small />
    </a>
  </li>
);

const Act = ({ Icon, name, act, children }: EntryProps & { act: () => void }) => (
  <li>
    <button type="button" onClick={act}>
      <Icon />
      <Words name={name}>{children}</Words>
    </button>
  </li>
);

function PushSwitch() {
  const [state, setState] = useState<PushState | null>(null);
  useEffect(() => void pushState().then(setState), []);
  const toggle = () => {
    if (state === "unsupported" || state === "denied") return;
    if (!signedIn().device) return say(t("pushNeedsDevice"));
    const change = state === "on" ? pushOff() : pushOn();
    change.then((now) => {
      setState(now);
      if (now === "on") say(t("pushDone"));
      if (state === "on" && now === "off") say(t("pushStopped"));
    }, tell);
  };
  const words = { unsupported: "pushUnsupported", denied: "pushDenied", on: "pushOn", off: "pushOff" } as const;
  return (
    <li>
      <button type="button" role="switch" aria-checked={state === "on"} onClick={toggle}>
        <Bell />
        <Words name={t("push")}>{state && t(words[state])}</Words>
        <span class="switch" aria-hidden="true" />
      </button>
    </li>
  );
}
