/** The camera's picture with a frame in the middle: it looks on until it reads a code. */

import { useEffect, useRef, useState } from "preact/hooks";
import { back } from "../../app/router.ts";
import { Close, Keyboard, Larger, Photo, Torch } from "../../components/icons.tsx";
import { Screen } from "../../components/parts.tsx";
import { t } from "../../locales/scan.ts";
import { open, type Camera } from "../../scan/camera.ts";
import { decoder, NotHere, type Decode } from "../../scan/decoder.ts";
import { channel, draw, PASSES } from "../../scan/frames.ts";
import type { Issuer } from "../../scan/issuer.ts";
import { photoText } from "../../scan/photo.ts";
import { best } from "../../scan/best.ts";
import { when } from "./times.ts";

/** Why there is no camera's picture. */
export type Trouble = "noCamera" | "denied" | "noReader";

interface LensProps {
  issuer: Issuer | undefined;
  found: (text: string) => void;
  typed: (trouble?: Trouble) => void;
}

const RELOADED = "scan-reloaded";
const TWICE = 2;

const troubleOf = (error: unknown): Trouble =>
  error instanceof DOMException ? (error.name === "NotAllowedError" ? "denied" : "noCamera") : "noReader";

/** WebAssembly is allowed at the scanner's own address alone: opened from another screen, the page comes anew. */
function comeAnew(error: unknown): boolean {
  if (!(error instanceof NotHere) || sessionStorage.getItem(RELOADED)) return false;
  sessionStorage.setItem(RELOADED, "1");
  location.reload();
  return true;
}

/** Looks at one frame after the other until one holds a code. */
async function watch(video: HTMLVideoElement, decode: Decode, zoomed: () => number, ended: () => boolean): Promise<string | null> {
  const canvas = document.createElement("canvas");
  for (let turn = 0; !ended(); turn++) {
    await new Promise((next) => requestAnimationFrame(next));
    if (!video.videoWidth) continue;
    const frame = draw(video, video.videoWidth, video.videoHeight, canvas, zoomed());
    const text = best(await decode(channel(frame, PASSES[turn % PASSES.length] ?? "luminance")));
    if (text !== undefined) return text;
  }
  return null;
}

export function Lens({ issuer, found, typed }: LensProps) {
  const video = useRef<HTMLVideoElement>(null);
  const camera = useRef<Camera | null>(null);
  const crop = useRef(1);
  const [ready, setReady] = useState(false);
  const [lit, setLit] = useState<boolean | null>(null);
  const [zoomed, setZoomed] = useState(false);
  const [nothing, setNothing] = useState(false);

  useEffect(() => {
    let over = false;
    const start = async () => {
      const [seen, decode] = await Promise.all([open(video.current as HTMLVideoElement), decoder()]);
      if (over) return seen.stop();
      sessionStorage.removeItem(RELOADED);
      camera.current = seen;
      setLit(seen.torch ? false : null);
      setReady(true);
      const text = await watch(video.current as HTMLVideoElement, decode, () => crop.current, () => over);
      if (text !== null) found(text);
    };
    start().catch((error: unknown) => over || comeAnew(error) || typed(troubleOf(error)));
    return () => {
      over = true;
      camera.current?.stop();
    };
  }, []);

  const light = async () => {
    await camera.current?.torch?.(!lit);
    setLit(!lit);
  };
  const nearer = async () => {
    const done = (await camera.current?.zoom(zoomed ? 1 : TWICE)) ?? false;
    crop.current = done || zoomed ? 1 : TWICE;
    setZoomed(!zoomed);
  };
  const choose = async (file: File | undefined) => {
    if (!file) return;
    setNothing(false);
    const text = await photoText(file, await decoder()).catch(() => undefined);
    if (text === undefined) setNothing(true);
    else found(text);
  };
  const age = issuer?.list ? t("lensReady", { when: when(issuer.list.at * 1000) }) : t("lensNoList");
  return (
    <Screen title={t("lens")}>
      <div class="lens">
        <video class={zoomed && crop.current > 1 ? "lens__view lens__view--twice" : "lens__view"} ref={video} muted playsInline aria-hidden="true" />
        <div class="lens__shade" aria-hidden="true">
          <svg viewBox="0 0 260 260">
            <path d="M4 56V30A26 26 0 0 1 30 4h26M204 4h26a26 26 0 0 1 26 26v26M256 204v26a26 26 0 0 1-26 26h-26M56 256H30a26 26 0 0 1-26-26v-26" />
          </svg>
        </div>
        <header class="bar bar--back">
          <button type="button" class="hit" aria-label={t("close")} onClick={() => back("/")}>
            <Close />
          </button>
          <h1 class="bar__title">{t("lens")}</h1>
          <button type="button" class="hit" aria-label={t("type")} onClick={() => typed()}>
            <Keyboard />
          </button>
        </header>
        <p class="lens__ask" role="status">
          <span>{nothing ? t("nothingFound") : t(ready ? "lensAsk" : "lensStarting")}</span>
        </p>
        <div class="lens__foot">
          <p>{age}</p>
          <div class="lens__tools">
            {lit !== null && (
              <button type="button" class="btn" aria-pressed={lit} onClick={() => void light()}>
                <Torch />
                {t(lit ? "torchOff" : "torch")}
              </button>
            )}
            <button type="button" class="btn" aria-pressed={zoomed} onClick={() => void nearer()}>
              <Larger />
              {t(zoomed ? "zoomOff" : "zoom")}
            </button>
            <label class="btn lens__photo">
              <Photo />
              {t("gallery")}
              <input class="sr" type="file" accept="image/*" onChange={(event) => void choose(event.currentTarget.files?.[0])} />
            </label>
          </div>
        </div>
      </div>
    </Screen>
  );
}
