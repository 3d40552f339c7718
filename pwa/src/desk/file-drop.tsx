/** Chooses a PDF by button or by dropping it; says at once what cannot be right. */

import { useState } from "preact/hooks";
import { t } from "../locales/desk.ts";
import { bytes } from "./words.ts";

export const LARGEST = 50 * 1024 * 1024;

/** Why this file cannot be sent; null when it can. The server looks closer. */
export function objection(file: File): string | null {
  if (file.type !== "application/pdf" && !/\.pdf$/i.test(file.name)) return t("notPdf");
  return file.size > LARGEST ? t("tooLarge") : null;
}

interface Props {
  file: File | null;
  wrong: string | null;
  onFile: (file: File) => void;
}

export function FileDrop({ file, wrong, onFile }: Props) {
  const [over, setOver] = useState(false);
  const take = (list: FileList | null | undefined) => {
    const [first] = list ?? [];
    if (first) onFile(first);
  };
  return (
    <div class={wrong ? "field field--bad" : "field"}>
      <label
        class={over ? "drop drop--over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer?.files);
        }}
      >
        <input type="file" accept="application/pdf,.pdf" aria-label={t("file")} onChange={(event) => take(event.currentTarget.files)} />
        <span class="btn btn--line">{t("chooseFile")}</span>
        {file ? (
          <b>
            {file.name}, {bytes(file.size)}
          </b>
        ) : (
          <span>{t("dropHere")}</span>
        )}
      </label>
      {wrong && (
        <p class="hint" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}
