/** Signed: the seal comes down on the paper, once. */

import { useEffect, useState } from "preact/hooks";
import type { StepDetail } from "../../api/types.ts";
import { Close } from "../../components/icons.tsx";
import { BRAND_PATH, scallop } from "../../components/marks.tsx";
import { Dock, Screen, Work } from "../../components/parts.tsx";
import { clock, date, day, longDate } from "../../lib/time.ts";
import { t } from "../../locales/sign.ts";
import { loadImage, type Shown } from "../../store/images.ts";
import { inbox, nextItem } from "../../store/inbox.ts";
import { serverNow } from "../../store/network.ts";
import { signedIn } from "../../store/session.ts";

const LANDS = 520;

export function Signed({ step, at }: { step: StepDetail; at: Date }) {
  const { agency } = signedIn();
  const next = nextItem(step.step_id);
  const today = day(at, agency.zone) === day(serverNow(), agency.zone);
  const time = `${clock(at, agency.zone)} ${agency.zone}`;
  const when = today ? t("todayAt", { time }) : `${longDate(at, agency.zone)} ${time}`;
  useEffect(() => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setTimeout(() => navigator.vibrate?.(25), LANDS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Screen title={t("signed")}>
      <Moment step={step} agency={agency.short_name} at={at} />
      <Work>
        <div class="done" role="status">
          <h1>{t("signed")}</h1>
          <p class="lead">{step.subject}</p>
          <p>
            {step.capacity && t("signedAs", { capacity: step.capacity, when })} {t("signedNext")}
          </p>
        </div>
      </Work>
      <Dock flat>
        <a class="btn btn--main" href={next ? `/naskah/${next.step_id}` : "/meja"}>
          {next ? t("nextPaper", { count: inbox.value?.total ?? 1 }) : t("toDesk")}
        </a>
        <a class="btn btn--calm" href={`/jejak/${step.document_id}`}>
          {t("seeResult")}
        </a>
      </Dock>
    </Screen>
  );
}

function Moment({ step, agency, at }: { step: StepDetail; agency: string; at: Date }) {
  const [image, setImage] = useState<Shown>();
  const last = step.version.pages.at(-1);
  useEffect(() => {
    if (last) loadImage(last.image).then(setImage, () => undefined);
  }, []);
  return (
    <div class="moment">
      {last && (
        <div class="page" style={{ aspectRatio: `${last.width} / ${last.height}` }}>
          {image && <img src={image.url} alt="" />}
        </div>
      )}
      <div class="moment__fade" />
      <BigSeal ring={t("ring", { agency: agency.toUpperCase(), date: date(at, signedIn().agency.zone).toUpperCase() })} />
      <a class="hit" href="/meja" aria-label={t("toDesk")}>
        <Close />
      </a>
    </div>
  );
}

function BigSeal({ ring }: { ring: string }) {
  return (
    <svg class="moment__seal bigseal" viewBox="0 0 160 160" role="img" aria-label={t("signed")}>
      <path fill="currentColor" d={scallop(80, 71, 8.59, 28)} />
      <circle class="ring" cx="80" cy="80" r="66" stroke-width="1.2" />
      <circle class="ring" cx="80" cy="80" r="47" stroke-width="1.2" />
      <circle class="ring" cx="80" cy="80" r="43.5" stroke-width="1" stroke-dasharray="1 2.2" />
      <path id="rim" fill="none" d="M80 26.5a53.5 53.5 0 1 1-.01 0" />
      <text>
        <textPath href="#rim" textLength="330" lengthAdjust="spacingAndGlyphs">
          {ring}
        </textPath>
      </text>
      <g transform="translate(49 48) scale(1.3)">
        <path class="draw draw--late" fill="var(--on-seal)" d={BRAND_PATH} />
      </g>
    </svg>
  );
}
