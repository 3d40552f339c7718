/** Many papers agreed to without a line, with one passphrase and one code. */

import { useEffect, useState } from "preact/hooks";
import type { StepDetail } from "../../api/types.ts";
import { go } from "../../app/router.ts";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/bulk.ts";
import { settle } from "../../store/inbox.ts";
import { vaultState } from "../../sync/held.ts";
import { signableHere } from "../../sync/ready-here.ts";
import { OfflineSign } from "../sign/offline.tsx";
import { Capacities, LeftOut, Papers } from "./sheet.tsx";

interface AgreeToManyProps {
  ids: string[];
  onRecheck: () => void;
}

export function AgreeToMany({ ids, onRecheck }: AgreeToManyProps) {
  const [steps, setSteps] = useState<StepDetail[] | null>(null);
  const state = vaultState.value;
  useEffect(() => void signableHere().then((found) => setSteps(found.filter(({ step_id }) => ids.includes(step_id)))), [state]);
  const done = (sent: boolean) => {
    if (sent) for (const id of ids) settle(id);
    say(t(sent ? "agreedSigned" : "agreedWaits"));
    go("/meja", { replace: true });
  };
  return (
    <OfflineSign steps={steps} onRecheck={onRecheck} onDone={done}>
      {({ items }) => {
        const papers = items.filter((item) => item.ready);
        return (
          <>
            <Papers items={papers} />
            <LeftOut items={items} />
            <Capacities items={papers} />
            <p class="hint">{t("once")}</p>
          </>
        );
      }}
    </OfflineSign>
  );
}
