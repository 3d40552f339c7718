/** A step that needs a reason: says what will follow, takes the note, does it. */

import { useState } from "preact/hooks";
import { Field } from "../components/fields.tsx";
import { Button } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { t } from "../locales/desk.ts";

interface Props {
  title: string;
  text: string;
  action: string;
  onNote: (note: string) => Promise<void>;
  onClose: () => void;
}

export function NoteSheet({ title, text, action, onNote, onClose }: Props) {
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setWrong(!note.trim());
    if (!note.trim()) return;
    setBusy(true);
    await onNote(note.trim());
    setBusy(false);
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
      <Button busy={busy} onClick={() => void go()}>
        {action}
      </Button>
    </Sheet>
  );
}
