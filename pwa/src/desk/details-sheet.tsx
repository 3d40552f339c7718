/** Changes the facts of a paper, if nobody changed them meanwhile. */

import { useState } from "preact/hooks";
import type { Paper } from "../api/desk-types.ts";
import { Button } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { t } from "../locales/desk.ts";
import { attempt } from "./attempt.ts";
import { PaperForm, missing, type Facts } from "./paper-form.tsx";
import { edit, refresh } from "./store.ts";

export function DetailsSheet({ paper, onClose }: { paper: Paper; onClose: () => void }) {
  const [facts, setFacts] = useState<Facts>({ ...paper, unit_id: paper.unit.id, type_code: paper.type.code });
  const [wrong, setWrong] = useState<Partial<Record<keyof Facts, string>>>({});
  const [busy, setBusy] = useState(false);
  const save = async () => {
    const lacking = missing(facts);
    setWrong(lacking);
    if (Object.keys(lacking).length) return;
    setBusy(true);
    const { type_code, subject, classification, secrecy, urgency, due_at, recipient } = facts;
    const kept = await attempt(
      () => edit(paper, { type_code, subject, classification, secrecy, urgency, due_at, recipient }),
      t("saved"),
    );
    setBusy(false);
    if (!kept) await refresh(paper.id);
    onClose();
  };
  return (
    <Sheet title={t("details")} onClose={onClose}>
      <div class="form">
        <PaperForm facts={facts} wrong={wrong} onFacts={setFacts} />
      </div>
      <Button busy={busy} onClick={() => void save()}>
        {t("save")}
      </Button>
    </Sheet>
  );
}
