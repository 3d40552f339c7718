/** A file for a paper that has none yet, or a new version of one that came back. */

import { useState } from "preact/hooks";
import type { Paper } from "../api/desk-types.ts";
import { Button } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { t } from "../locales/desk.ts";
import { FileDrop, objection } from "./file-drop.tsx";
import { Progress, useSending } from "./sending.tsx";

export function FileSheet({ paper, onClose, onSent }: { paper: Paper; onClose: () => void; onSent: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const sending = useSending();
  const send = async () => {
    const why = file ? objection(file) : t("missing");
    setWrong(why);
    if (!file || why) return;
    if (await sending.start(paper.id, file)) {
      onSent();
      onClose();
    }
  };
  return (
    <Sheet title={t(paper.version ? "newVersion" : "needFile")} onClose={onClose}>
      {paper.version && <p class="hint">{t("newVersionNote")}</p>}
      <FileDrop
        file={file}
        wrong={wrong}
        onFile={(chosen) => {
          setWrong(objection(chosen));
          setFile(chosen);
        }}
      />
      <Progress sending={sending} file={file} onRetry={() => void send()} />
      {sending.share === null && !sending.problem && <Button onClick={() => void send()}>{t("uploadPaper")}</Button>}
    </Sheet>
  );
}
