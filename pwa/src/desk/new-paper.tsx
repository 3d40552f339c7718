/** A new paper: facts, number and file in one sheet. What was kept stays kept when the line breaks. */

import { useState } from "preact/hooks";
import { post } from "../api/client.ts";
import type { NumberMode, Paper, ReferenceNumber } from "../api/desk-types.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { Alert, Button } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { t } from "../locales/desk.ts";
import { session } from "../store/session.ts";
import { FileDrop, objection } from "./file-drop.tsx";
import { Choice, PaperForm, missing, type Facts } from "./paper-form.tsx";
import { Progress, useSending } from "./sending.tsx";
import { create, openShelf } from "./store.ts";

const MODES: Record<NumberMode, "numberNone" | "numberReserved" | "numberStamp"> = {
  none: "numberNone",
  reserved: "numberReserved",
  stamp: "numberStamp",
};

const blank = (): Facts => ({
  unit_id: session.value?.roles.find((one) => one.role === "operator")?.unit_id ?? "",
  type_code: "",
  subject: "",
  classification: "",
  secrecy: "biasa",
  urgency: "biasa",
  due_at: null,
  recipient: "",
});

export function NewPaperSheet({ onClose, onMade }: { onClose: () => void; onMade: (paper: Paper) => void }) {
  const [facts, setFacts] = useState(blank);
  const [mode, setMode] = useState<NumberMode>("none");
  const [number, setNumber] = useState<ReferenceNumber | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [wrongFile, setWrongFile] = useState<string | null>(null);
  const [wrong, setWrong] = useState<Partial<Record<keyof Facts, string>>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [made, setMade] = useState<Paper | null>(null);
  const [busy, setBusy] = useState(false);
  const sending = useSending();

  const guarded = async (run: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    await run().catch((error: unknown) => setProblem(asProblem(error)));
    setBusy(false);
  };
  const takeNumber = () =>
    guarded(async () => {
      const lacking = missing(facts);
      setWrong(lacking);
      if (Object.keys(lacking).length) return;
      const { unit_id, type_code, classification, secrecy } = facts;
      setNumber(await post<ReferenceNumber>("/numbers", { unit_id, type_code, classification, secrecy }));
    });
  const begin = () =>
    guarded(async () => {
      const lacking = missing(facts);
      const why = file ? objection(file) : t("missing");
      setWrong(lacking);
      setWrongFile(why);
      if (!file || why || Object.keys(lacking).length) return;
      const paper = made ?? (await create({ ...facts, number_mode: mode, number_id: number?.id ?? null }));
      setMade(paper);
      void openShelf("draft");
      if (await sending.start(paper.id, file)) onMade(paper);
    });
  return (
    <Sheet title={t("newTitle")} onClose={() => (made ? onMade(made) : onClose())}>
      <div class="form">
        <FileDrop
          file={file}
          wrong={wrongFile}
          onFile={(chosen) => {
            setFile(chosen);
            setWrongFile(objection(chosen));
          }}
        />
        <PaperForm fresh facts={facts} wrong={wrong} onFacts={setFacts} />
        <Choice label={t("number")} value={mode} onValue={(value) => setMode(value as NumberMode)}>
          {(Object.keys(MODES) as NumberMode[]).map((one) => (
            <option key={one} value={one}>
              {t(MODES[one])}
            </option>
          ))}
        </Choice>
        {mode === "reserved" &&
          (number ? (
            <p class="hint">{t("numberTaken", { number: number.text })}</p>
          ) : (
            <Button kind="line" busy={busy} onClick={() => void takeNumber()}>
              {t("takeNumber")}
            </Button>
          ))}
        {problem && <Alert problem={problem} />}
        <Progress sending={sending} file={file} onRetry={() => void begin()} />
      </div>
      {sending.share === null && !sending.problem && (
        <Button busy={busy} onClick={() => void begin()}>
          {t("begin")}
        </Button>
      )}
    </Sheet>
  );
}
