/** Return for mending, or reject: always with a note that goes along. */

import { useState } from "preact/hooks";
import { asProblem, type Problem } from "../../api/problem.ts";
import type { StepDetail } from "../../api/types.ts";
import { Field } from "../../components/fields.tsx";
import { Alert, Button } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { t } from "../../locales/reader.ts";
import { sendBack } from "../../store/steps.ts";

interface SendBackProps {
  step: StepDetail;
  onClose: () => void;
  /** `sent` is false while it waits for the line. */
  onDone: (how: "return" | "reject", sent: boolean) => void;
}

export function SendBackSheet({ step, onClose, onDone }: SendBackProps) {
  const [how, setHow] = useState<"return" | "reject">("return");
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const returns = how === "return";
  const send = async () => {
    if (!note.trim()) return setWrong(true);
    setBusy(true);
    setProblem(null);
    try {
      onDone(how, Boolean(await sendBack(step, how, note.trim())));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Sheet title={t(returns ? "returnTitle" : "rejectTitle")} onClose={onClose}>
      <p class="rise__text">{t(returns ? "returnText" : "rejectText")}</p>
      <Field
        label={t("note")}
        wrong={wrong ? t(returns ? "noteMissing" : "noteMissingReject") : undefined}
        control={(a11y) => (
          <div class="input">
            <textarea
              {...a11y}
              rows={4}
              maxLength={2000}
              value={note}
              onInput={(event) => {
                setWrong(false);
                setNote(event.currentTarget.value);
              }}
            />
          </div>
        )}
      />
      {problem && <Alert problem={problem} />}
      <Button kind="text" onClick={() => setHow(returns ? "reject" : "return")}>
        {t(returns ? "orReject" : "orReturn")}
      </Button>
      <Button busy={busy} onClick={() => void send()}>
        {t(returns ? "confirmReturn" : "confirmReject")}
      </Button>
    </Sheet>
  );
}
