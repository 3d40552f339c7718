/** Belum terkirim: what needs the person first, each with its reason and way out; then what waits for a line. */

import "../styles/unsent.css";
import { useEffect, useState } from "preact/hooks";
import { Mark } from "../components/marks.tsx";
import { BackBar, Button, Dock, Empty, OfflineStrip, Screen, Work } from "../components/parts.tsx";
import { Row } from "../components/row.tsx";
import { say } from "../components/toast.tsx";
import { moment } from "../lib/time.ts";
import { explain } from "../locales/explain.ts";
import { t } from "../locales/offline.ts";
import { offlineSince } from "../store/network.ts";
import { signedIn } from "../store/session.ts";
import { readStep } from "../store/steps.ts";
import { portal, troubled, unsent, waiting } from "../store/unsent.ts";
import { vaultState } from "../sync/held.ts";
import { builtOn, type Entry } from "../sync/outbox.ts";
import { flush, putAway, takeBack, tryAgain, wordsOf, type Words } from "../sync/outgoing.ts";

/** Refusals whose reason may have passed since: the same thing may be sent once more. */
const MAY_PASS = new Set(["identity/device-waits", "identity/signing-suspended", "identity/device-unknown"]);
const REPLACED = "routing/version-replaced";

function useWords(entry: Entry): Words {
  const [words, setWords] = useState<Words | null>(null);
  const open = vaultState.value;
  const offline = offlineSince.value !== null;
  useEffect(() => void wordsOf(entry).then((found) => found ?? askWords(entry, offline)).then(setWords), [entry.id, open, offline]);
  return words ?? { type: "", from: "", title: t("unnamed") };
}

/** With a line, the server knows what it was about; no PIN is needed for that. */
async function askWords({ step }: Entry, offline: boolean): Promise<Words | null> {
  if (offline) return null;
  const found = await readStep(step).catch(() => null);
  return found && { type: found.type_code, from: found.unit_name, title: found.subject };
}

const when = (entry: Entry): string => moment(new Date(entry.made), new Date(), signedIn().agency.zone);

export function UnsentView() {
  const [busy, setBusy] = useState(false);
  const again = async () => {
    setBusy(true);
    await flush({ force: true, insist: true });
    setBusy(false);
    if (waiting.value.length) say(t("stillWaits"));
  };
  // What was built on a refused entry stands below it, not beside it.
  const ids = new Set(unsent.value.map(({ id }) => id));
  const heads = troubled.value.filter((entry) => !ids.has(String(builtOn(entry))));
  return (
    <Screen title={t("title")}>
      <BackBar title={t("title")} to="/meja" />
      <OfflineStrip />
      {portal.value && (
        <div class="strip" role="status">
          <Mark kind="needsYou" />
          <span>
            <b>{t("portal")}</b> {t("portalText")}
          </span>
        </div>
      )}
      <Work>
        {!unsent.value.length && <Empty title={t("allSent")}>{t("allSentText")}</Empty>}
        {heads.length > 0 && (
          <section>
            <h2 class="group">
              {t("needsYou")} <span>{heads.length}</span>
            </h2>
            {heads.map((entry) => (
              <Issue key={entry.id} entry={entry} after={troubled.value.filter((one) => builtOn(one) === entry.id)} />
            ))}
          </section>
        )}
        {waiting.value.length > 0 && (
          <section>
            <h2 class="group">
              {t("waits")} <span>{waiting.value.length}</span>
            </h2>
            <ul>
              {waiting.value.map((entry) => (
                <Waits key={entry.id} entry={entry} />
              ))}
            </ul>
          </section>
        )}
      </Work>
      {waiting.value.length > 0 && (
        <Dock>
          <Button busy={busy} onClick={() => void again()}>
            {t("sendNow")}
          </Button>
        </Dock>
      )}
    </Screen>
  );
}

function Waits({ entry }: { entry: Entry }) {
  const { type, from, title } = useWords(entry);
  const back = async () => {
    const count = await takeBack(entry);
    say(t(count === 0 ? "tooLate" : count === 1 ? "takenBack" : "takenBackAll", { count }));
  };
  return (
    <li class="waiting">
      <Row
        href={`/naskah/${entry.step}`}
        kind={type}
        from={from}
        title={title}
        mark="waitingNet"
        state={t("made", { what: t(entry.act), when: when(entry) })}
      />
      {entry.tries === 0 && (
        <Button kind="text" onClick={() => void back()}>
          {t("takeBack")}
        </Button>
      )}
    </li>
  );
}

/** The other papers of a consent that was refused whole. */
function Others({ entries }: { entries: Entry[] }) {
  const [titles, setTitles] = useState<string[]>([]);
  useEffect(() => void Promise.all(entries.map(wordsOf)).then((all) => setTitles(all.map((one) => one?.title ?? t("unnamed")))), [entries.length]);
  return <p>{t("alsoPapers", { titles: titles.join("; ") })}</p>;
}

function Issue({ entry, after }: { entry: Entry; after: Entry[] }) {
  const { title } = useWords(entry);
  const problem = entry.refused ?? { code: "", params: {}, detail: "" };
  const others = after.filter((one) => one.envelope);
  const built = after.filter((one) => !one.envelope);
  const way = entry.act === "sign" ? "signAgain" : problem.code === REPLACED ? "readAgain" : "openPaper";
  return (
    <div class="issue">
      <Mark kind="needsYou" />
      <div class="issue__body">
        <b>{t(`no-${entry.act}`, { title })}</b>
        <p>{explain(problem)}</p>
        {built.length > 0 && <p>{t("alsoNot", { what: built.map((one) => t(one.act)).join(", ") })}</p>}
        {others.length > 0 && <Others entries={others} />}
        <p class="hint num">{t("made", { what: t(entry.act), when: when(entry) })}</p>
        <div class="issue__ways">
          <a class="link" href={`/naskah/${entry.step}`}>
            {t(way)}
          </a>
          {MAY_PASS.has(problem.code) && (
            <button type="button" class="link" onClick={() => void tryAgain(entry)}>
              {t("tryAgain")}
            </button>
          )}
          <button type="button" class="link link--calm" onClick={() => void putAway(entry)}>
            {t("putAway")}
          </button>
        </div>
      </div>
    </div>
  );
}
