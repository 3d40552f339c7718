/** How long the present one-time code still counts (RFC 6238, steps of 30 s). */

import { useEffect, useState } from "preact/hooks";
import { t } from "../locales/door.ts";
import { serverNow } from "../store/network.ts";

const STEP = 30;

export function useCodeSeconds(): number {
  const left = () => STEP - (Math.floor(serverNow().getTime() / 1000) % STEP);
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(left()), 1000);
    return () => clearInterval(timer);
  }, []);
  return seconds;
}

export function CodeTimer() {
  const seconds = useCodeSeconds();
  return (
    <p class="timer">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="10" r="7.5" class="timer__all" />
        <circle cx="10" cy="10" r="7.5" class="timer__left" pathLength={STEP} stroke-dasharray={`${seconds} ${STEP}`} />
      </svg>
      <span class="num">{t("codeTurns", { seconds })}</span>
    </p>
  );
}
