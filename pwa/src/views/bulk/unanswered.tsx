/** The authorisation left and its answer did not come: looks for what became of it, repeats nothing. */

import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/parts.tsx";
import { t } from "../../locales/bulk.ts";
import { t as sign } from "../../locales/sign.ts";
import { newestBatch, readBatch } from "../../store/batches.ts";

/** A request that was sent may still be on its way for about this long. */
const IN_FLIGHT = 90_000;
const PAUSE = 3_000;

interface UnansweredProps {
  since: number;
  batch: string | undefined;
  onFound: (id: string) => void;
  onNothing: () => void;
}

/** The batch that the lost request began or continued, if the server knows it. */
async function begun(since: number, batch: string | undefined): Promise<string | undefined> {
  if (batch) return (await readBatch(batch)).state === "paused" ? undefined : batch;
  const newest = await newestBatch();
  // A minute's grace for a phone whose clock runs ahead of the server's.
  return newest && Date.parse(newest.created_at) > since - 60_000 ? newest.id : undefined;
}

export function Unanswered({ since, batch, onFound, onNothing }: UnansweredProps) {
  const [nothing, setNothing] = useState(false);
  useEffect(() => {
    let timer = 0;
    const look = async () => {
      const id = await begun(since, batch).catch(() => undefined);
      if (id) return onFound(id);
      if (Date.now() - since > IN_FLIGHT) return setNothing(true);
      timer = window.setTimeout(() => void look(), PAUSE);
    };
    void look();
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <h2 class="blocked">{t("lost")}</h2>
      <p class="rise__text" role="status">
        {t(nothing ? "lostNone" : "lostText")}
      </p>
      {nothing ? (
        <Button onClick={onNothing}>{sign("checkAgain")}</Button>
      ) : (
        <a class="btn btn--main" href="/meja">
          {t("toDesk")}
        </a>
      )}
    </>
  );
}
