/** The prepared page, opened where the own signature will stand: what is seen is what is signed. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Appearance, SigningReadiness } from "../../api/signing-types.ts";
import { t } from "../../locales/sign.ts";
import { loadImage, type Shown } from "../../store/images.ts";
import { readAppearance } from "../../store/signing.ts";

const PAUSE = 1_500;
const PATIENCE = 12;
/** How much of the lens the block fills, and how tall a lens may be, in pixels. */
const FILLS = 0.84;
const LOWEST = 132;
const TALLEST = 196;
/** How many times the width of the lens the page may be. */
const MOST = 3;

type Seen = { appearance: Appearance; image: Shown } | "late" | "absent";

/** Asks until the picture of exactly the file that would be signed is there. */
function useAppearance(stepId: string, prepared: string): Seen {
  const [seen, setSeen] = useState<Seen>("late");
  useEffect(() => {
    let timer = 0;
    let over = false;
    const ask = async (left: number) => {
      const appearance = await readAppearance(stepId).catch(() => null);
      const drawn = appearance?.prepared_sha256 === prepared ? appearance.image : null;
      const image = drawn && (await loadImage(drawn).catch(() => null));
      if (over) return;
      if (appearance && image) setSeen({ appearance, image });
      else if (left > 0) timer = window.setTimeout(() => void ask(left - 1), PAUSE);
      else setSeen("absent");
    };
    void ask(PATIENCE);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [stepId, prepared]);
  return seen;
}

export function PreparedPage({ stepId, ready }: { stepId: string; ready: SigningReadiness }) {
  const seen = useAppearance(stepId, ready.input_sha256 ?? ready.prepared_sha256);
  if (seen === "absent") return <p class="hint">{t("pictureAbsent")}</p>;
  if (seen === "late") {
    return (
      <div class="lens lens--late" role="status">
        {t("pictureLate")}
      </div>
    );
  }
  return <Lens {...seen} capacity={ready.capacity} />;
}

function Lens({ appearance, image, capacity }: { appearance: Appearance; image: Shown; capacity: string }) {
  const view = useRef<HTMLDivElement>(null);
  const { page, page_width, page_height } = appearance;
  const place = appearance.place ?? { x: 0, y: 0, width: page_width, height: page_height };
  /** As large as the whole block allows, with the block in the middle. */
  const centre = (picture: HTMLImageElement) => {
    const box = view.current;
    if (!box) return;
    const width = FILLS * Math.min(box.clientWidth, (TALLEST * place.width) / place.height);
    const points = Math.min(MOST * (box.clientWidth / page_width), Math.max(box.clientWidth / page_width, width / place.width));
    picture.style.width = `${page_width * points}px`;
    box.style.height = `${Math.min(TALLEST, Math.max(LOWEST, (place.height * points) / FILLS))}px`;
    box.scrollLeft = (place.x + place.width / 2) * points - box.clientWidth / 2;
    box.scrollTop = (page_height - place.y - place.height / 2) * points - box.clientHeight / 2;
  };
  return (
    <figure class="lens">
      <div class="lens__view" ref={view} tabIndex={0} role="group" aria-label={t("pictureLabel")}>
        <img src={image.url} alt={t("pictureAlt", { page, capacity })} onLoad={(event) => centre(event.currentTarget)} />
      </div>
      <figcaption class="hint">{t(appearance.place ? "pictureOf" : "pictureUnseen", { page })}</figcaption>
    </figure>
  );
}
