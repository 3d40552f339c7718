/** What a scan proves, and what it does not: the record, never the sheet. */

import { useEffect, useState } from "preact/hooks";
import { back } from "../../app/router.ts";
import { Close } from "../../components/icons.tsx";
import { Button, Dock, Screen, Work } from "../../components/parts.tsx";
import { t, type Word } from "../../locales/scan.ts";
import type { Issuer } from "../../scan/issuer.ts";
import type { Verdict } from "../../scan/judge.ts";
import { picture, recordOf, type PublicRecord } from "../../scan/record.ts";
import { Emblem, type EmblemKind } from "./emblem.tsx";
import { onPaper, when } from "./times.ts";

interface ResultProps {
  text: string;
  verdict: Verdict;
  issuer: Issuer | undefined;
  again: () => void;
}

type Live = PublicRecord | "unknown" | "asking" | null;
type Field = "valid" | "plain" | "open" | "ended" | "changed";

/** Only a certified record wears wax; what the phone alone knows is plain. */
const FIELDS: Record<string, [Field, EmblemKind]> = {
  valid: ["plain", "sheet"],
  revoked: ["ended", "void"],
  superseded: ["ended", "void"],
  forged: ["changed", "broken"],
  foreign: ["changed", "broken"],
  "live-certified": ["valid", "seal"],
  "live-intact": ["plain", "sheet"],
  "live-not-issued": ["ended", "void"],
  "live-revoked": ["ended", "void"],
  "live-superseded": ["ended", "void"],
};

interface Said {
  title: string;
  text: string;
  look: string;
}

/** The record's word where it was heard, else the phone's. A forged code stays forged. */
function said(verdict: Verdict, live: Live): Said {
  const [host, own] = ["host" in verdict ? verdict.host : location.host, location.host];
  const look = (key: string, text: string): Said => ({ title: t(key as Word), text: t(text as Word, { host, own }), look: key });
  if (verdict.kind === "forged") return look("forged", `forged-${verdict.why}`);
  if (verdict.kind === "foreign" || verdict.kind === "other") return look(verdict.kind, `${verdict.kind}Text`);
  if (live === "unknown") return look("unknown", "unknownText");
  if (live && live !== "asking") return look(`live-${live.state}`, `live-${live.state}Text`);
  const listed = "listed" in verdict && verdict.listed ? when(verdict.listed * 1000) : "";
  return { title: t(verdict.kind), text: t(`${verdict.kind}Text` as Word, { host, own, when: listed }), look: verdict.kind };
}

function useLive(code: string | undefined): Live {
  const [live, setLive] = useState<Live>(code ? "asking" : null);
  useEffect(() => {
    if (!code) return;
    const ask = () => void recordOf(code).then(setLive);
    ask();
    window.addEventListener("online", ask);
    return () => window.removeEventListener("online", ask);
  }, [code]);
  return live;
}

export function Result({ text, verdict, issuer, again }: ResultProps) {
  const code = "code" in verdict ? verdict.code : undefined;
  const live = useLive(code);
  const { title, text: sentence, look } = said(verdict, live);
  const [field, emblem] = FIELDS[look] ?? ["open", look === "other" || look === "unknown" ? "question" : "unsure"];
  const record = live && typeof live === "object" ? live : null;
  return (
    <Screen title={title}>
      <header class="bar bar--back">
        <button type="button" class="hit" aria-label={t("close")} onClick={() => back("/")}>
          <Close />
        </button>
        <span class="bar__title">{t("result")}</span>
      </header>
      <Work>
        <section class={`verdict verdict--${field}`} role="status">
          <Emblem kind={emblem} />
          <h1>{title}</h1>
          <p>{sentence}</p>
        </section>
        <Facts verdict={verdict} record={record} />
        {code && <p class="scan__note">{age(live)}</p>}
        {code && (
          <>
            <h2 class="scan__head">{t("paper")}</h2>
            <p class="scan__prose">{t("paperText")}</p>
          </>
        )}
        {record && record.pictures > 0 && <Pictures record={record} />}
        {"issued" in verdict && issuer && (
          <>
            <h2 class="scan__head">{t("ages")}</h2>
            <p class="scan__note">{t("agesText", { list: aged(issuer.list && issuer.list.at * 1000), keys: aged(issuer.keysAt) })}</p>
          </>
        )}
      </Work>
      <Dock>
        {record && (
          <a class="btn btn--main" href={new URL(text).pathname + new URL(text).hash}>
            {t("open")}
          </a>
        )}
        <Button kind={record ? "line" : "main"} onClick={again}>
          {t("again")}
        </Button>
      </Dock>
    </Screen>
  );
}

const aged = (at: number | null): string => (at ? when(at) : t("never"));

function age(live: Live): string {
  if (live === "asking") return t("liveAsking");
  return live === null ? t("liveNone") : t("liveNow", { when: when(Date.now()) });
}

/** As the claim says, for it was read without a line; as the record says where there is no claim. */
function Facts({ verdict, record }: { verdict: Verdict; record: PublicRecord | null }) {
  if (verdict.kind === "other")
    return (
      <dl class="facts">
        <Fact name={t("content")}>{verdict.text.slice(0, 200)}</Fact>
      </dl>
    );
  if (verdict.kind === "forged" || verdict.kind === "foreign")
    return (
      <>
        <dl class="facts">
          <Fact name={t("leadsTo")}>{verdict.host}</Fact>
          <Fact name={t("ourAddress")}>{location.host}</Fact>
        </dl>
        <p class="scan__prose">{t("forgedNext")}</p>
      </>
    );
  const claim = "issued" in verdict ? verdict.issued.claim : null;
  if (!claim && !record?.unit) return null;
  const signers = claim ? [{ name: claim.signer, capacity: claim.position }] : (record?.signers ?? []);
  return (
    <dl class="facts">
      <Fact name={t("subject")}>{record?.subject ?? claim?.subject ?? t("subjectHidden")}</Fact>
      <Fact name={t("number")}>{claim?.number ?? record?.number}</Fact>
      {signers.map(({ name, capacity }) => (
        <Fact name={t("signer")} key={name}>
          {name}
          <small>{capacity}</small>
        </Fact>
      ))}
      {claim?.dated != null && <Fact name={t("dated")}>{onPaper(claim.dated)}</Fact>}
      <Fact name={t("unit")}>{record?.unit}</Fact>
      {"issued" in verdict && <Fact name={t("made")}>{when(verdict.issued.at * 1000)}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children?: preact.ComponentChildren }) {
  if (!children) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Pictures({ record }: { record: PublicRecord }) {
  const count = record.pictures;
  return (
    <>
      <h2 class="scan__head">{t("pages")}</h2>
      <div class="scan__pages">
        {Array.from({ length: count }, (_, i) => (
          <figure key={i}>
            <img src={picture(record.code, i + 1)} loading="lazy" width="210" height="297" alt={t("page", { page: i + 1, count })} />
            <figcaption>{t("page", { page: i + 1, count })}</figcaption>
          </figure>
        ))}
      </div>
    </>
  );
}
