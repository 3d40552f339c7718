/** A proposal of one officer, and the second officer's word on it. */

import { useEffect, useState } from "preact/hooks";
import { post } from "../../api/client.ts";
import { Alert, Button } from "../../components/parts.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { say } from "../../components/toast.tsx";
import { t } from "../../locales/offices.ts";
import { signedIn } from "../../store/session.ts";
import { LongField } from "../fields.tsx";
import { Entry, LinkSheet, onDay, useDoing, when } from "../parts.tsx";
import type { Decision } from "../types.ts";

const kindOf = (decision: Decision): string => t(decision.kind);

function standing(decision: Decision): string {
  const me = signedIn().person.id;
  if (decision.state === "proposed") {
    const first = decision.first_officer;
    if (first && first.id !== decision.proposed_by.id) {
      return t(first.id === me ? "secondedByYou" : "seconded", { name: first.name });
    }
    const own = decision.proposed_by.id === me;
    return t(own ? "proposedByYou" : "proposedBy", { name: decision.proposed_by.name, when: when(decision.created_at) });
  }
  return t(decision.state, { name: decision.decided_by?.name ?? "", when: when(decision.decided_at ?? decision.created_at) });
}

export function DecisionEntry({ decision, named = true, onOpen }: { decision: Decision; named?: boolean; onOpen: () => void }) {
  return (
    <Entry name={named ? decision.person.name : kindOf(decision)} onOpen={onOpen}>
      {named && (
        <>
          <b>{kindOf(decision)}</b>
          <br />
        </>
      )}
      {standing(decision)}
    </Entry>
  );
}

interface SheetProps {
  decision: Decision;
  onClose: () => void;
  /** Something was decided, here or meanwhile by another officer. */
  onChanged: () => void;
}

export function DecisionSheet({ decision, onClose, onChanged }: SheetProps) {
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [link, setLink] = useState<string | null>(null);
  const { busy, problem, run } = useDoing();
  const me = signedIn().person.id;
  // Decided meanwhile by another officer: nothing more can be done from here.
  const over = problem?.status === 409;
  const open = decision.state === "proposed" && !over;
  const own = decision.proposed_by.id === me;
  const spoken = own || decision.first_officer?.id === me;
  const about = decision.person.id === me;
  useEffect(() => {
    if (problem && !problem.lost) onChanged();
  }, [problem]);

  const decide = (what: "agree" | "refuse" | "withdraw") =>
    run(async () => {
      const answer = await post<Decision>(`/decisions/${decision.id}/${what}`, { note: note.trim() || null });
      onChanged();
      if (answer.link) return setLink(answer.link);
      say(what === "agree" && answer.state === "proposed" ? t("secondedByYou") : t(`${what}Done`, { name: decision.person.name }));
      return onClose();
    });
  const refuse = () => {
    setWrong(note.trim() ? undefined : t("refuseWhy"));
    if (note.trim()) decide("refuse");
  };

  if (link) {
    return <LinkSheet title={t("resetLink", { name: decision.person.name })} text={t("resetLinkText")} link={link} onClose={onClose} />;
  }
  return (
    <Sheet title={kindOf(decision)} onClose={onClose}>
      <dl class="facts">
        <Fact name={t("about")} value={decision.person.name} />
        <Fact name={t("state")} value={standing(decision)} />
        {decision.payload.paper && <Fact name={t("paper")} value={decision.payload.paper} />}
        {decision.payload.method && <Fact name={t("method")} value={decision.payload.method} />}
        {decision.payload.decree && <Fact name={t("decree")} value={decision.payload.decree} />}
        {decision.payload.name && <Fact name={t("rightName")} value={decision.payload.name} />}
        {decision.payload.nip && <Fact name={t("rightNip")} value={decision.payload.nip} />}
        {decision.payload.evidence && <Fact name={t("evidence")} value={decision.payload.evidence} />}
        {decision.payload.checked_at && <Fact name={t("checkedAt")} value={dayOf(decision.payload.checked_at)} />}
        {decision.note && <Fact name={t("note")} value={decision.note} />}
      </dl>
      {open && <p class="hint">{t(`then-${decision.kind}`)}</p>}
      {open && (about ? <p class="hint">{t("ownCase")}</p> : own && <p class="hint">{t("ownProposal")}</p>)}
      {open && !spoken && !about && <LongField label={t("noteOptional")} value={note} wrong={wrong} onValue={setNote} />}
      {problem && <Alert problem={problem} />}
      {over && <Button onClick={onClose}>{t("seeResult")}</Button>}
      {open && own && (
        <Button kind="line" busy={busy} onClick={() => decide("withdraw")}>
          {t("withdraw")}
        </Button>
      )}
      {open && !spoken && !about && (
        <>
          <Button kind="line" busy={busy} onClick={refuse}>
            {t("refuse")}
          </Button>
          <Button busy={busy} onClick={() => decide("agree")}>
            {t("agree")}
          </Button>
        </>
      )}
    </Sheet>
  );
}

/** A day as it was written down, in words where it is one. */
const dayOf = (written: string): string => (Number.isNaN(Date.parse(written)) ? written : onDay(written));

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
