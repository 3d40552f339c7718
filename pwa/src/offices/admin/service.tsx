/** Who makes the signatures: the installation's own keys, or the national service on the agency's terms. */

import { useState } from "preact/hooks";
import { replace } from "../../api/client.ts";
import { CheckBox } from "../../components/fields.tsx";
import { useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices-admin.ts";
import { Choice } from "../fields.tsx";
import { Loaded, Office, SaveDock, useDoing } from "../parts.tsx";
import type { SigningProvider } from "../types.ts";

type Terms = SigningProvider["service"];

const PATH = "/agency/provider";
const FILES = [1, 2, 5, 10, 20, 50];

export function ServiceView() {
  const chosen = useResource<SigningProvider>(PATH);
  return chosen.value ? (
    <ServiceForm kept={chosen.value} />
  ) : (
    <Office title={t("service")} up="/kelola">
      <Loaded from={chosen}>{() => null}</Loaded>
    </Office>
  );
}

function ServiceForm({ kept }: { kept: SigningProvider }) {
  const [facts, setFacts] = useState(kept);
  const { busy, problem, run } = useDoing();
  const { provider, service, service_known } = facts;
  const keep = () =>
    run(async () => {
      setFacts(await replace<SigningProvider>(PATH, { provider, service }));
      say(t("serviceKept"));
    });
  return (
    <Office
      title={t("service")}
      up="/kelola"
      dock={<SaveDock busy={busy} problem={problem} onSave={keep} />}
    >
      <div class="pad">
        <Choice
          label={t("serviceWho")}
          value={provider}
          onValue={(who) => setFacts({ ...facts, provider: who as SigningProvider["provider"] })}
        >
          {(["local", "bsre"] as const).map((who) => (
            <option key={who} value={who}>
              {t(`serviceWho-${who}`)}
            </option>
          ))}
        </Choice>
        <p>{t(provider === "local" ? "issuerOwn" : service_known ? "serviceText" : "serviceUnset")}</p>
        {provider === "bsre" && (
          <TermsFields value={service} onValue={(changed) => setFacts({ ...facts, service: { ...service, ...changed } })} />
        )}
      </div>
    </Office>
  );
}

function TermsFields({ value, onValue }: { value: Terms; onValue: (changed: Partial<Terms>) => void }) {
  const newer = value.version === "v2";
  return (
    <>
      <Choice
        label={t("serviceVersion")}
        hint={t("serviceVersionHint")}
        value={value.version}
        // What the first version cannot do goes with it.
        onValue={(version) => onValue(version === "v1" ? { version, files: 1, activation: "passphrase" } : { version: "v2" })}
      >
        <option value="v1">{t("serviceVersion1")}</option>
        <option value="v2">{t("serviceVersion2")}</option>
      </Choice>
      {newer && (
        <Choice
          label={t("serviceTyped")}
          value={value.activation}
          onValue={(activation) => onValue({ activation: activation as Terms["activation"] })}
        >
          {(["passphrase", "code"] as const).map((typed) => (
            <option key={typed} value={typed}>
              {t(`serviceTyped-${typed}`)}
            </option>
          ))}
        </Choice>
      )}
      <CheckBox checked={value.visible} onChecked={(visible) => onValue({ visible })}>
        {t("serviceVisible")}
        <small>{t("serviceVisibleHint")}</small>
      </CheckBox>
      {value.visible && (
        <CheckBox checked={value.tags} onChecked={(tags) => onValue({ tags })}>
          {t("serviceTags")}
          <small>{t("serviceTagsHint")}</small>
        </CheckBox>
      )}
      {value.visible && (
        <CheckBox
          checked={newer ? value.unturned : value.corners}
          onChecked={(other) => onValue(newer ? { unturned: other } : { corners: other })}
        >
          {t(newer ? "serviceUnturned" : "serviceCorners")}
          <small>{t("servicePlaceHint")}</small>
        </CheckBox>
      )}
      {newer && (
        <Choice
          label={t("serviceFiles")}
          hint={t("serviceFilesHint")}
          value={String(value.files)}
          onValue={(files) => onValue({ files: Number(files) })}
        >
          {[...new Set([...FILES, value.files])]
            .sort((a, b) => a - b)
            .map((count) => (
              <option key={count} value={count}>
                {t("serviceCount", { count })}
              </option>
            ))}
        </Choice>
      )}
    </>
  );
}
