/** A step that needs a reason: says what will follow, takes the note, does it. */

import { useState } from "preact/hooks";
import { Field } from "../components/fields.tsx";
import { Alert, Button } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { t } from "../locales/desk.ts";
import { useAttempt } from "./attempt.ts";

interface Props {
  title: string;
  text: string;
  action: string;
  /** What is said once it is done. */
  done: string;
  onNote: (note: string) => Promise<unknown>;
  onClose: () => void;
}

export function NoteSheet({ title, text, action, done, onNote, onClose }: Props) {
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState(false);
  const { busy, problem, run } = useAttempt();
  const go = async () => {
    setWrong(!note.trim());
    if (!note.trim()) return;
    if (await run(() => onNote(note.trim()), done)) onClose();
  };
  return (
    <Sheet title={title} onClose={onClose}>
      <p class="hint">{text}</p>
      <Field
        label={t("note")}
        wrong={wrong ? t("missing") : undefined}
        control={(a11y) => (
          <div class="input">
            <textarea {...a11y} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
          </div>
        )}
      />
      {problem && <Alert problem={problem} />}
      <Button busy={busy} onClick={() => void go()}>
        {action}
      </Button>
    </Sheet>
  );
}
