/** One upload from start to end: progress as a count, stop; a lost line is waited for. */

import { useRef, useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem.ts";
import { Alert, Button } from "../components/parts.tsx";
import { t } from "../locales/desk.ts";
import { upload, type Upload } from "./upload.ts";
import { bytes } from "./words.ts";

export interface Sending {
  share: number | null;
  /** There is no line; it goes on by itself. */
  waiting: boolean;
  problem: Problem | null;
  start: (documentId: string, file: File) => Promise<boolean>;
  stop: () => void;
}

export function useSending(): Sending {
  const [share, setShare] = useState<number | null>(null);
  const [waiting, setWaiting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef<Upload | null>(null);
  const start = async (documentId: string, file: File) => {
    setProblem(null);
    setShare(0);
    running.current = upload(documentId, file, (sent, pausing) => {
      setShare(sent);
      setWaiting(pausing);
    });
    try {
      await running.current.done;
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      setShare(null);
      setWaiting(false);
    }
  };
  return { share, waiting, problem, start, stop: () => running.current?.cancel() };
}

export function Progress({ sending, file, onRetry }: { sending: Sending; file: File | null; onRetry: () => void }) {
  const { share, waiting, problem, stop } = sending;
  if (problem) {
    return (
      <>
        <Alert problem={problem} />
        <Button kind="line" onClick={onRetry}>
          {t("retryUpload")}
        </Button>
      </>
    );
  }
  if (share === null || !file) return null;
  return (
    <div class="field" role="status">
      <div class="meter">
        <i ref={(bar) => void (bar && (bar.style.transform = `scaleX(${share})`))} />
      </div>
      <p class="hint num">
        {waiting
          ? t("sendingWaits", { share: `${Math.floor(share * 100)}` })
          : t("sending", { done: bytes(file.size * share), total: bytes(file.size) })}
      </p>
      <Button kind="line" onClick={stop}>
        {t("cancelUpload")}
      </Button>
    </div>
  );
}
