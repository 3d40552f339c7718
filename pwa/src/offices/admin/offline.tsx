/** What officials may authorise without a network: off until the agency says so. */

import { useState } from "preact/hooks";
import { replace } from "../../api/client.ts";
import { CheckBox } from "../../components/fields.tsx";
import { useResource } from "../../components/resource.ts";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices-admin.ts";
import { Choice } from "../fields.tsx";
import { Loaded, Office, SaveDock, useDoing } from "../parts.tsx";
import type { OfflinePolicy } from "../types.ts";

const HOURS = [6, 12, 24, 48, 72];
const PAPERS = [1, 5, 10, 20, 50, 100];
const PATH = "/agency/offline";

export function OfflineView() {
  const policy = useResource<OfflinePolicy>(PATH);
  return policy.value ? (
    <PolicyForm kept={policy.value} />
  ) : (
    <Office title={t("offline")} up="/kelola">
      <Loaded from={policy}>{() => null}</Loaded>
    </Office>
  );
}

function PolicyForm({ kept }: { kept: OfflinePolicy }) {
  const [facts, setFacts] = useState(kept);
  const { busy, problem, run } = useDoing();
  const set = (changed: Partial<OfflinePolicy>) => setFacts({ ...facts, ...changed });
  const keep = () =>
    run(async () => {
      const { signing, window_hours, documents_per_statement, secrecies, passkey, passkey_on_line } = facts;
      const chosen = { signing, window_hours, documents_per_statement, secrecies, passkey, passkey_on_line };
      setFacts(await replace<OfflinePolicy>(PATH, chosen));
      say(t("offlineKept"));
    });
  return (
    <Office
      title={t("offline")}
      up="/kelola"
      dock={<SaveDock busy={busy} problem={problem} onSave={keep} />}
    >
      <div class="pad">
        <p>{t("offlineText")}</p>
        <CheckBox checked={facts.signing} onChecked={(signing) => set({ signing })}>
          {t("offlineSigning")}
          <small>{t("offlineSigningHint")}</small>
        </CheckBox>
        {facts.signing && (
          <>
            <Numbers
              label={t("offlineWindow")}
              hint={t("offlineWindowHint")}
              among={HOURS}
              value={facts.window_hours}
              word="offlineHours"
              onValue={(window_hours) => set({ window_hours })}
            />
            <Numbers
              label={t("offlinePapers")}
              among={PAPERS}
              value={facts.documents_per_statement}
              word="offlineCount"
              onValue={(documents_per_statement) => set({ documents_per_statement })}
            />
            <CheckBox
              checked={facts.secrecies.includes("terbatas")}
              onChecked={(restricted) => set({ secrecies: restricted ? ["biasa", "terbatas"] : ["biasa"] })}
            >
              {t("offlineRestricted")}
              <small>{t("offlineRestrictedHint")}</small>
            </CheckBox>
          </>
        )}
        <Choice
          label={t("offlinePasskey")}
          hint={t("offlinePasskeyHint")}
          value={facts.passkey}
          onValue={(passkey) => set({ passkey: passkey as OfflinePolicy["passkey"] })}
        >
          {(["enrolled", "always", "never"] as const).map((rule) => (
            <option key={rule} value={rule}>
              {t(`offlinePasskey-${rule}`)}
            </option>
          ))}
        </Choice>
        {facts.passkey !== "never" && (
          <CheckBox checked={facts.passkey_on_line} onChecked={(passkey_on_line) => set({ passkey_on_line })}>
            {t("offlinePasskeyToo")}
            <small>{t("offlinePasskeyTooHint")}</small>
          </CheckBox>
        )}
      </div>
    </Office>
  );
}

interface NumbersProps {
  label: string;
  hint?: string;
  among: number[];
  value: number;
  word: "offlineHours" | "offlineCount";
  onValue: (value: number) => void;
}

/** One of a few numbers; another that was set elsewhere stays among them. */
function Numbers({ label, hint, among, value, word, onValue }: NumbersProps) {
  const choices = [...new Set([...among, value])].sort((a, b) => a - b);
  return (
    <Choice {...{ label, hint }} value={String(value)} onValue={(chosen) => onValue(Number(chosen))}>
      {choices.map((count) => (
        <option key={count} value={count}>
          {t(word, { count })}
        </option>
      ))}
    </Choice>
  );
}
