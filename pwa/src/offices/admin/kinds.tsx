/** Kinds of paper: how each is numbered, signed and printed, and what it leaves to the agency. */

import { useState } from "preact/hooks";
import { replace } from "../../api/client.ts";
import { go } from "../../app/router.ts";
import { CheckBox, TextField } from "../../components/fields.tsx";
import { Button, Dock, Empty } from "../../components/parts.tsx";
import { useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices-admin.ts";
import { Choice, blank, sound, type Wrong } from "../fields.tsx";
import { Entry, Loaded, Office, SaveDock, Section, useDoing } from "../parts.tsx";
import type { AgencySettings, Kind, Level } from "../types.ts";
import { NumberPattern, numberLike } from "./number-pattern.tsx";
import { CODE, hasOwnStyle } from "./printed.ts";
import { KindStyle } from "./style-fields.tsx";

const HOME = "/kelola/naskah";
const FRESH = "baru";
const LEVELS: Level[] = ["B-LT", "B-LTA", "B-T"];
const BLANK: Kind = {
  code: "",
  name: "",
  active: true,
  sealed: false,
  level: "B-LT",
  number_template: null,
  block_order: null,
  print_nip: null,
  print_titles: null,
  foot: null,
};

export function KindsView({ rest: [code] }: { rest: string[] }) {
  const kinds = useResource<{ items: Kind[] }>("/document-types/settings");
  const agency = useResource<AgencySettings>("/agency/settings");
  if (!code) return <KindList from={kinds} />;
  const kind = code === FRESH ? BLANK : kinds.value?.items.find((one) => one.code === code);
  if (kinds.value && agency.value && kind) {
    return <KindForm key={code} kept={kind} others={kinds.value.items} agency={agency.value} />;
  }
  return (
    <Office title={t("docKind")} up={HOME}>
      <Loaded from={kinds}>{() => <Loaded from={agency}>{() => <Empty title={t("docKindNone")}>{t("docKindNoneText")}</Empty>}</Loaded>}</Loaded>
    </Office>
  );
}

function KindList({ from }: { from: ReturnType<typeof useResource<{ items: Kind[] }>> }) {
  return (
    <Office
      title={t("docKinds")}
      up="/kelola"
      dock={
        <Dock>
          <Button onClick={() => go(`${HOME}/${FRESH}`)}>{t("docKindAdd")}</Button>
        </Dock>
      }
    >
      <Loaded from={from}>
        {({ items }) => (
          <ul class="settings settings--plain">
            {items.map((kind) => (
              <li key={kind.code}>
                <Entry name={kind.name} href={`${HOME}/${kind.code}`}>
                  {inShort(kind)}
                </Entry>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Office>
  );
}

/** Only what is not as usual. */
const inShort = (kind: Kind): string =>
  [
    kind.code,
    !kind.active && t("docKindUnused"),
    kind.sealed && t("docKindSealed"),
    kind.level !== "B-LT" && t(`level-${kind.level}`),
    kind.number_template !== null && t("docKindOwnNumber"),
    hasOwnStyle(kind) && t("docKindOwnStyle"),
  ]
    .filter(Boolean)
    .join(" · ");

function KindForm({ kept, others, agency }: { kept: Kind; others: Kind[]; agency: AgencySettings }) {
  const fresh = !kept.code;
  const [kind, setKind] = useState(kept);
  const [wrong, setWrong] = useState<Wrong<"code" | "name">>({});
  const { busy, problem, run } = useDoing();
  const set = (changed: Partial<Kind>) => setKind({ ...kind, ...changed });
  const pattern = kind.number_template;
  const keep = () => {
    const found = blank({ name: kind.name, code: kind.code }, ["name", "code"]);
    const same = fresh && others.find((one) => one.code === kind.code);
    if (!found.code && !CODE.test(kind.code)) found.code = t("docKindCodeHint");
    if (same) found.code = t("docKindCodeTaken", { name: same.name });
    setWrong(found);
    // What is wrong with a pattern stands beneath it already.
    if (!sound(found) || (pattern !== null && numberLike(pattern) === null)) return;
    run(async () => {
      const { code, ...facts } = kind;
      await replace<Kind>(`/document-types/${code}`, facts);
      say(t(fresh ? "docKindAdded" : "docKindKept", { name: kind.name }));
      go(HOME, { replace: true });
    });
  };
  return (
    <Office
      title={fresh ? t("docKindAdd") : kept.name}
      up={HOME}
      dock={<SaveDock busy={busy} problem={problem} onSave={keep} />}
    >
      <div class="pad">
        <TextField label={t("docKindName")} value={kind.name} wrong={wrong.name} maxLength={200} onValue={(name) => set({ name })} />
        {fresh && (
          <TextField
            label={t("docKindCode")}
            hint={t("docKindCodeHint")}
            value={kind.code}
            wrong={wrong.code}
            maxLength={4}
            autocapitalize="characters"
            spellcheck={false}
            onValue={(code) => set({ code: code.trim().toUpperCase() })}
          />
        )}
        <CheckBox checked={kind.active} onChecked={(active) => set({ active })}>
          {t("docKindActive")}
          <small>{t("docKindActiveHint")}</small>
        </CheckBox>
      </div>
      <Section title={t("docKindSigning")}>
        <div class="pad">
          <Choice label={t("level")} hint={t(`levelHint-${kind.level}`)} value={kind.level} onValue={(level) => set({ level: level as Level })}>
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {t(`level-${level}`)}
              </option>
            ))}
          </Choice>
          <CheckBox checked={kind.sealed} onChecked={(sealed) => set({ sealed })}>
            {t("docKindSeal")}
            <small>{t("docKindSealHint")}</small>
          </CheckBox>
        </div>
      </Section>
      <Section title={t("numbers")}>
        <div class="pad">
          <Choice
            label={t("pattern")}
            hint={pattern === null ? t("agencyHas", { is: agency.number_template }) : undefined}
            value={pattern === null ? "" : "own"}
            onValue={(own) => set({ number_template: own ? agency.number_template : null })}
          >
            <option value="">{t("asAgency")}</option>
            <option value="own">{t("patternOwn")}</option>
          </Choice>
          {pattern !== null && <NumberPattern value={pattern} onValue={(number_template) => set({ number_template })} />}
        </div>
      </Section>
      <Section title={t("printedHere")}>
        <div class="pad">
          <KindStyle value={kind} agency={agency} onValue={set} />
          <p class="hint">{t("docKindFromNow")}</p>
        </div>
      </Section>
    </Office>
  );
}
