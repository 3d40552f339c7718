/** The original file, drawn by PDF.js: heavy, so it comes only when somebody asks for it. */

import * as pdfjs from "pdfjs-dist/legacy/build/pdf.mjs";
import workerSource from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../api/client.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { workerUrl } from "../app/trusted.ts";
import { Download } from "../components/icons.tsx";
import { BackBar, Failed, Screen, Work } from "../components/parts.tsx";
import { t } from "../locales/reader.ts";

interface OriginalProps {
  /** Where the bytes come from, below /api/v1. */
  source: string;
  heading: string;
  /** Of the paper; the name a download gets. */
  title: string;
  back: string;
}

const PATIENCE = 180_000;

function usePdf(source: string) {
  const [pdf, setPdf] = useState<pdfjs.PDFDocumentProxy>();
  const [file, setFile] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    setProblem(undefined);
    const worker = new Worker(workerUrl(workerSource), { type: "module" });
    let url = "";
    const open = async () => {
      const blob = await (await call("GET", source, { headers: { Accept: "application/pdf" }, timeout: PATIENCE })).blob();
      url = URL.createObjectURL(blob);
      setFile(url);
      const port = pdfjs.PDFWorker.create({ port: worker });
      const data = new Uint8Array(await blob.arrayBuffer());
      setPdf(await pdfjs.getDocument({ data, worker: port, useWasm: false, enableXfa: false }).promise);
    };
    open().catch((error: unknown) => setProblem(asProblem(error)));
    return () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    };
  }, [source, round]);
  return { pdf, file, problem, again: () => setRound(round + 1) };
}

export function OriginalView({ source, heading, title, back }: OriginalProps) {
  const { pdf, file, problem, again } = usePdf(source);
  return (
    <Screen title={title} desk>
      <BackBar title={heading} to={back}>
        {file && (
          <a class="hit" href={file} download={`${title}.pdf`} aria-label={t("download")}>
            <Download />
          </a>
        )}
      </BackBar>
      <Work>
        {problem && <Failed problem={problem} retry={again} />}
        {!pdf && !problem && (
          <p class="voided" role="status">
            {t("originalLoading")}
          </p>
        )}
        {pdf && (
          <div class="stack">
            {Array.from({ length: pdf.numPages }, (_, i) => (
              <Canvas key={i} pdf={pdf} ordinal={i + 1} />
            ))}
          </div>
        )}
      </Work>
    </Screen>
  );
}

function Canvas({ pdf, ordinal }: { pdf: pdfjs.PDFDocumentProxy; ordinal: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef(false);
  useEffect(() => {
    const target = canvas.current as HTMLCanvasElement;
    const draw = async () => {
      if (drawn.current) return;
      drawn.current = true;
      const page = await pdf.getPage(ordinal);
      const plain = page.getViewport({ scale: 1 });
      const scale = (target.clientWidth * Math.min(devicePixelRatio, 3)) / plain.width;
      const viewport = page.getViewport({ scale });
      target.width = Math.floor(viewport.width);
      target.height = Math.floor(viewport.height);
      await page.render({ canvas: target, viewport }).promise;
    };
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting && void draw(), { rootMargin: "100% 0px" });
    watcher.observe(target);
    return () => watcher.disconnect();
  }, [pdf]);
  return <canvas class="page page--canvas" ref={canvas} role="img" aria-label={t("pageOf", { page: ordinal, count: pdf.numPages })} />;
}
