/** The foot of the desk: one filled button, the next thing to do; all else in a sheet behind it. */

import { useState } from "preact/hooks";
import { Button } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { t } from "../locales/desk.ts";
import { attempt } from "./attempt.ts";
import { FileSheet } from "./file-sheet.tsx";
import { NoteSheet } from "./note-sheet.tsx";
import { act, download, openShelf, refresh, type OpenPaper } from "./store.ts";
import { atRest } from "./words.ts";

type Open = "file" | "withdraw" | "cancel" | "more" | null;
interface Next {
  label: string;
  note: string;
  run: () => void;
}

export function Foot({ shown, onRoute }: { shown: OpenPaper; onRoute: () => void }) {
  const [sheet, setSheet] = useState<Open>(null);
  const [busy, setBusy] = useState(false);
  const { paper, route } = shown;
  const close = () => setSheet(null);

  const queue = async () => {
    setBusy(true);
    const first = route.steps[0];
    const gone = await attempt(
      () => act(paper.id, "queue"),
      t("queued", { count: route.steps.length, who: first?.holder_name ?? first?.position_title ?? "" }),
    );
    if (gone) await openShelf("running");
    setBusy(false);
  };
  const next = nextFor(shown, { onRoute, onFile: () => setSheet("file"), onQueue: () => void queue() });
  const others = [...moreFor(shown, setSheet)];
  return (
    <div class="desk__foot">
      {next ? (
        <>
          <Button busy={busy} onClick={next.run}>
            {next.label}
          </Button>
          <p>{next.note}</p>
        </>
      ) : (
        <p>{t(paper.signed && !paper.validated ? "beingChecked" : "lockedNote")}</p>
      )}
      {others.length > 0 && (
        <Button kind="calm" onClick={() => setSheet("more")}>
          {t("actions")}
        </Button>
      )}
      {sheet === "more" && (
        <Sheet title={t("actions")} onClose={close}>
          {others.map((other) => (
            <Button kind="line" key={other.label} onClick={other.run}>
              {other.label}
            </Button>
          ))}
        </Sheet>
      )}
      {sheet === "file" && <FileSheet paper={paper} onClose={close} onSent={() => void refresh(paper.id)} />}
      {sheet === "withdraw" && (
        <NoteSheet
          title={t("withdrawTitle")}
          text={t("withdrawText")}
          action={t("withdraw")}
          onClose={close}
          done={t("withdrawn")}
          onNote={(note) => act(paper.id, "withdraw", { note })}
        />
      )}
      {sheet === "cancel" && (
        <NoteSheet
          title={t("cancelTitle")}
          text={t("cancelText")}
          action={t("cancel")}
          onClose={close}
          done={t("cancelledNow")}
          onNote={(note) => act(paper.id, "cancel", { note })}
        />
      )}
    </div>
  );
}

interface Ways {
  onRoute: () => void;
  onFile: () => void;
  onQueue: () => void;
}

/** A button that cannot act yet leads to what is missing. */
function nextFor({ paper, version, route }: OpenPaper, { onRoute, onFile, onQueue }: Ways): Next | null {
  if (!atRest(paper)) {
    if (!paper.validated || !["signed", "sent", "archived"].includes(paper.state)) return null;
    return {
      label: t("download"),
      note: "",
      run: () => void attempt(() => download(paper.id, `${paper.number ?? paper.subject}.pdf`), t("saved")),
    };
  }
  if (!version) return { label: t("needFile"), note: t("needFileNote"), run: onFile };
  if (version.state === "examining" || (version.state === "ready" && !paper.version?.current)) {
    return { label: t("waitExam"), note: t("examNote"), run: () => void refresh(paper.id) };
  }
  if (version.state === "refused" || paper.state === "needs-revision") {
    const replaced = paper.state === "needs-revision" && paper.version?.current && route.version_id !== version.id;
    if (!replaced) return { label: t("newVersion"), note: t("newVersionNote"), run: onFile };
  }
  if (!route.steps.length) return { label: t("needRoute"), note: t("needRouteNote"), run: onRoute };
  return { label: t("queue", { count: route.steps.length }), note: t("queueNote"), run: onQueue };
}

function* moreFor({ paper, route, version }: OpenPaper, open: (sheet: Open) => void): Generator<{ label: string; run: () => void }> {
  if (atRest(paper)) {
    if (version) yield { label: t("newVersion"), run: () => open("file") };
    yield { label: t("cancel"), run: () => open("cancel") };
    return;
  }
  if (["under-review", "ready-to-sign"].includes(paper.state) && route.queued) {
    yield { label: t("withdraw"), run: () => open("withdraw") };
  }
  if (paper.validated) yield { label: t("publicPage"), run: () => void window.open(paper.public_url, "_blank", "noopener") };
  if (paper.validated && paper.state === "signed") {
    yield { label: t("send"), run: () => void attempt(() => act(paper.id, "send"), t("saved")).then(() => open(null)) };
  }
  if (["signed", "sent"].includes(paper.state) && paper.validated) {
    yield { label: t("archive"), run: () => void attempt(() => act(paper.id, "archive"), t("saved")).then(() => open(null)) };
  }
}
