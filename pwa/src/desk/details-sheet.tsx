/** Changes the facts of a paper, if nobody changed them meanwhile. */

import { useState } from "preact/hooks";
import type { Paper } from "../api/desk-types.ts";
import { Problem } from "../api/problem.ts";
import { Alert, Button } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { t } from "../locales/desk.ts";
import { useAttempt } from "./attempt.ts";
import { PaperForm, missing, type Facts } from "./paper-form.tsx";
import { edit, refresh } from "./store.ts";

const CHANGED = "documents/changed";

export function DetailsSheet({ paper, onClose }: { paper: Paper; onClose: () => void }) {
  // Only what was typed, so that the rest follows the paper when somebody else changes it.
  const [typed, setTyped] = useState<Partial<Facts>>({});
  const [wrong, setWrong] = useState<Partial<Record<keyof Facts, string>>>({});
  const { busy, problem, run } = useAttempt();
  const { type_code, subject, classification, secrecy, urgency, due_at, recipient } = { ...paper, type_code: paper.type.code };
  const kept: Facts = { unit_id: paper.unit.id, type_code, subject, classification, secrecy, urgency, due_at, recipient };
  const facts = { ...kept, ...typed };
  const save = async () => {
    const lacking = missing(facts);
    setWrong(lacking);
    if (Object.keys(lacking).length) return;
    const send = async () => {
      try {
        await edit(paper, typed);
      } catch (error) {
        if (error instanceof Problem && error.code === CHANGED) await refresh(paper.id);
        throw error;
      }
    };
    if (await run(send, t("saved"))) onClose();
  };
  return (
    <Sheet title={t("details")} onClose={onClose}>
      <div class="form">
        <PaperForm facts={facts} wrong={wrong} onFacts={(shown) => setTyped(different(shown, kept))} />
      </div>
      {problem?.code === CHANGED ? (
        <p class="alert" role="alert">
          {t("changedMeanwhile")}
        </p>
      ) : (
        problem && <Alert problem={problem} />
      )}
      <Button busy={busy} onClick={() => void save()}>
        {t("save")}
      </Button>
    </Sheet>
  );
}

const different = (shown: Facts, kept: Facts): Partial<Facts> =>
  Object.fromEntries(Object.entries(shown).filter(([name, value]) => value !== kept[name as keyof Facts]));
