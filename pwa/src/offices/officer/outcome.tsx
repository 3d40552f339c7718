/** Signatures of which only the service knows whether they were made: the officer settles them. */

import { useState } from "preact/hooks";
import { call, post } from "../../api/client.ts";
import { Upload } from "../../components/icons.tsx";
import { Alert, Button } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices.ts";
import { LongField } from "../fields.tsx";
import { Entry, useDoing, when } from "../parts.tsx";
import type { UnknownOutcome } from "../types.ts";

const nameOf = (one: UnknownOutcome): string => one.number ?? one.type_name;

export function OutcomeEntry({ outcome, onOpen }: { outcome: UnknownOutcome; onOpen: () => void }) {
  return (
    <Entry name={nameOf(outcome)} onOpen={onOpen}>
      {t("outcomeOf", { name: outcome.signer, when: when(outcome.accepted_at) })}
    </Entry>
  );
}

interface SheetProps {
  outcome: UnknownOutcome;
  onClose: () => void;
  /** It is known now. */
  onSettled: () => void;
}

export function OutcomeSheet({ outcome, onClose, onSettled }: SheetProps) {
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState<string>();
  const { busy, problem, run } = useDoing();
  const at = `/signing/unknown/${outcome.id}`;
  const settled = (words: string) => {
    say(words);
    onSettled();
  };
  const ask = () =>
    run(async () => {
      const { known } = await post<{ known: boolean }>(`${at}/ask`);
      if (known) settled(t("outcomeSigned"));
      else say(t("outcomeStillOpen"));
    });
  const bring = (file: File | undefined) =>
    file &&
    run(async () => {
      await call("PUT", `${at}/file`, { body: file, headers: { "Content-Type": "application/pdf" }, timeout: 120_000 });
      settled(t("outcomeSigned"));
    });
  const deny = () => {
    const made = note.trim();
    setWrong(made.length < 8 ? t("outcomeNoteWhy") : undefined);
    if (made.length < 8) return;
    run(async () => {
      await post(`${at}/not-signed`, { note: made });
      settled(t("outcomeNotSigned"));
    });
  };
  return (
    <Sheet title={t("outcome")} onClose={onClose}>
      <p>{t("outcomeText", { name: outcome.signer })}</p>
      <dl class="facts">
        {outcome.calls.map((one) => (
          <div key={one.at}>
            <dt>{when(one.at)}</dt>
            <dd>
              {[one.call, one.http_status, one.outcome, one.reference].filter(Boolean).join(" · ")}
            </dd>
          </div>
        ))}
      </dl>
      {problem && <Alert problem={problem} />}
      <Button busy={busy} onClick={ask}>
        {t("outcomeAsk")}
      </Button>
      <div class="arms">
        <label class={busy ? "btn btn--busy" : "btn"} aria-busy={busy}>
          <Upload small />
          {t("outcomeFile")}
          <input
            type="file"
            accept="application/pdf"
            onChange={(event) => {
              bring(event.currentTarget.files?.[0]);
              event.currentTarget.value = "";
            }}
          />
        </label>
      </div>
      <LongField label={t("outcomeNote")} value={note} wrong={wrong} onValue={setNote} />
      <Button kind="line" busy={busy} onClick={deny}>
        {t("outcomeDeny")}
      </Button>
    </Sheet>
  );
}
