/** Signatures of which only the service knows whether they were made: officers settle them. */

import { useState } from "preact/hooks";
import { call, post } from "../../api/client.ts";
import { Upload } from "../../components/icons.tsx";
import { Alert, Button } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/outcomes.ts";
import { serverNow } from "../../store/network.ts";
import { signedIn } from "../../store/session.ts";
import { LongField } from "../fields.tsx";
import { Entry, useDoing, when } from "../parts.tsx";
import type { Decision, ServiceCall, UnknownOutcome } from "../types.ts";
import { because, raw, sentence } from "./calls.ts";

const LEAST = 8;
const nameOf = (one: UnknownOutcome): string => one.number ?? one.type_name;

export function OutcomeEntry({ outcome, onOpen }: { outcome: UnknownOutcome; onOpen: () => void }) {
  return (
    <Entry name={nameOf(outcome)} onOpen={onOpen}>
      {t("of", { name: outcome.signer, when: when(outcome.accepted_at) })}
    </Entry>
  );
}

interface SheetProps {
  outcome: UnknownOutcome;
  onClose: () => void;
  /** It is known now, or one officer's word on it is. */
  onSettled: () => void;
  onDecide: (decision: Decision) => void;
}

export function OutcomeSheet({ outcome, onClose, onSettled, onDecide }: SheetProps) {
  const { busy, problem, run } = useDoing();
  const at = `/signing/unknown/${outcome.id}`;
  const settled = (words: string) => {
    say(words);
    onSettled();
  };
  const ask = () =>
    run(async () => {
      const { known } = await post<{ known: boolean }>(`${at}/ask`);
      if (known) settled(t("signed"));
      else say(t("stillOpen"));
    });
  const bring = (file: File | undefined) =>
    file &&
    run(async () => {
      await call("PUT", `${at}/file`, { body: file, headers: { "Content-Type": "application/pdf" }, timeout: 120_000 });
      settled(t("signed"));
    });
  const deny = (evidence: string) =>
    run(async () => {
      await post(`${at}/not-signed`, { evidence });
      settled(t("proposed"));
    });
  const wrong = problem?.code === "signing/wrong-result" ? String(problem.params.reason) : null;
  return (
    <Sheet title={t("title")} onClose={onClose}>
      <p>{t("text", { name: outcome.signer })}</p>
      <Calls calls={outcome.calls} />
      {problem && <Alert problem={problem} />}
      {wrong && <p class="hint">{because(wrong)}</p>}
      {outcome.own ? (
        <p class="hint">{t("own")}</p>
      ) : (
        <>
          <h3>{t("askTitle")}</h3>
          <Button kind="line" busy={busy} onClick={ask}>
            {t("ask")}
          </Button>
          <h3>{t("fileTitle")}</h3>
          <p class="hint">{t("fileText")}</p>
          <div class="arms">
            <label class={busy ? "btn btn--busy" : "btn"} aria-busy={busy}>
              <Upload small />
              {t("file")}
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
          <h3>{t("denyTitle")}</h3>
          <Denial outcome={outcome} busy={busy} onDeny={deny} onDecide={onDecide} />
        </>
      )}
    </Sheet>
  );
}

/** What was asked of the service and what it said, in plain words; the raw facts stay folded. */
function Calls({ calls }: { calls: ServiceCall[] }) {
  return (
    <>
      <h3>{t("calls")}</h3>
      <dl class="facts">
        {calls.map((one) => (
          <div key={one.at}>
            <dt>{when(one.at)}</dt>
            <dd>{sentence(one)}</dd>
          </div>
        ))}
      </dl>
      <details class="technical">
        <summary>{t("details")}</summary>
        {calls.map((one) => (
          <p class="num" key={one.at}>
            {raw(one)}
          </p>
        ))}
      </details>
    </>
  );
}

interface DenialProps {
  outcome: UnknownOutcome;
  busy: boolean;
  onDeny: (evidence: string) => void;
  onDecide: (decision: Decision) => void;
}

/** One officer proposes, with evidence and not too early; another decides. */
function Denial({ outcome: { proposal, deniable_from }, busy, onDeny, onDecide }: DenialProps) {
  const [evidence, setEvidence] = useState("");
  const [wrong, setWrong] = useState<string>();
  if (proposal) {
    const own = proposal.proposed_by.id === signedIn().person.id;
    return (
      <>
        <p>{t(own ? "waitsOther" : "waitsYou", { name: proposal.proposed_by.name })}</p>
        <Button kind="line" onClick={() => onDecide(proposal)}>
          {t("decide")}
        </Button>
      </>
    );
  }
  if (new Date(deniable_from) > serverNow()) return <p class="hint">{t("denyLater", { when: when(deniable_from) })}</p>;
  const deny = () => {
    const made = evidence.trim();
    setWrong(made.length < LEAST ? t("evidenceWhy") : undefined);
    if (made.length >= LEAST) onDeny(made);
  };
  return (
    <>
      <p class="hint">{t("denyText")}</p>
      <LongField label={t("evidence")} value={evidence} wrong={wrong} onValue={setEvidence} />
      <Button kind="line" busy={busy} onClick={deny}>
        {t("deny")}
      </Button>
    </>
  );
}
