/** The page itself, with the places of the appearances on it. */

import { useEffect, useState } from "preact/hooks";
import { Back, Minus, Plus, Right } from "../components/icons.tsx";
import { Alert, BackButton, Empty } from "../components/parts.tsx";
import { t } from "../locales/desk.ts";
import { PlaceBox } from "./place-box.tsx";
import type { OpenPaper } from "./store.ts";
import { atRest } from "./words.ts";

const WIDTHS = [320, 484, 620, 824, 1100, 1400];
/** The whole width of the page, on a phone and on a desk. */
const fit = (): number => (window.innerWidth < 560 ? 0 : 1);

export function PagePane({ shown }: { shown: OpenPaper }) {
  const { paper, version, placements, route } = shown;
  // On its route the paper is locked, and once signed the appearance itself stands there.
  const places = atRest(paper) ? placements : [];
  const first = places[0]?.page ?? 1;
  const [number, setNumber] = useState(first);
  const [zoom, setZoom] = useState(fit);
  const [broken, setBroken] = useState(false);
  // A new route has its first block on a page that may not be the one shown.
  useEffect(() => setNumber(first), [placements.length]);
  const page = version?.pages[number - 1];
  const count = version?.pages.length ?? 0;
  if (!version || !page) {
    return (
      <main class="desk__page">
        <div class="desk__tools desk__back">
          <BackButton to="/operator" />
        </div>
        {version?.refusal ? (
          <Alert problem={version.refusal} />
        ) : (
          <Empty title={t(version ? "examining" : "noFile")}>{t(version ? "examNote" : "needFileNote")}</Empty>
        )}
      </main>
    );
  }
  const width = WIDTHS[zoom] as number;
  const sharp = width > 700;
  return (
    <main class="desk__page">
      <div class="desk__tools">
        <span class="desk__back">
          <BackButton to="/operator" />
        </span>
        <button type="button" class="hit" aria-label={t("previousPage")} onClick={() => setNumber(Math.max(1, number - 1))}>
          <Back small />
        </button>
        <span class="num" aria-live="polite">
          {t("pageOf", { page: number, count })}
        </span>
        <button type="button" class="hit" aria-label={t("nextPage")} onClick={() => setNumber(Math.min(count, number + 1))}>
          <Right small />
        </button>
        <span class="grow" />
        <button type="button" class="hit" aria-label={t("zoomOut")} onClick={() => setZoom(Math.max(0, zoom - 1))}>
          <Minus small />
        </button>
        <button type="button" class="btn btn--calm" onClick={() => setZoom(fit())}>
          {t("fit")}
        </button>
        <button type="button" class="hit" aria-label={t("zoomIn")} onClick={() => setZoom(Math.min(WIDTHS.length - 1, zoom + 1))}>
          <Plus small />
        </button>
      </div>
      <div class="desk__sheet" tabIndex={0}>
        <Leaf width={width}>
          {broken ? (
            <Empty title={t("pageOf", { page: number, count })}>{""}</Empty>
          ) : (
            <img
              key={number}
              src={sharp ? page.large.url : page.image.url}
              alt={t("pageImage", { page: number, count })}
              width={Math.round(page.width)}
              height={Math.round(page.height)}
              onError={() => setBroken(true)}
            />
          )}
          {places
            .filter((one) => one.page === number)
            .map((one) => (
              <PlaceBox
                key={one.ordinal}
                place={one}
                page={page}
                who={route.steps.find((step) => step.ordinal === one.ordinal)?.position_title ?? ""}
                paperId={paper.id}
                all={placements}
              />
            ))}
        </Leaf>
      </div>
    </main>
  );
}

/** Sized by script, because the policy allows no inline style attribute in markup. */
function Leaf({ width, children }: { width: number; children: preact.ComponentChildren }) {
  return (
    <div class="leaf" ref={(box) => void (box && (box.style.width = `${width}px`))}>
      {children}
    </div>
  );
}
