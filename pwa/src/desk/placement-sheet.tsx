/** Which page each appearance stands on, or which character in the text marks its place. */

import { useState } from "preact/hooks";
import type { Placement } from "../api/desk-types.ts";
import { TextField } from "../components/fields.tsx";
import { Alert, Button } from "../components/parts.tsx";
import { Sheet } from "../components/sheet.tsx";
import { t } from "../locales/desk.ts";
import { useAttempt } from "./attempt.ts";
import { Choice } from "./paper-form.tsx";
import { place, type OpenPaper } from "./store.ts";

export function PlacementSheet({ shown, onClose }: { shown: OpenPaper; onClose: () => void }) {
  const { paper, version, placements, route } = shown;
  const [kept, setKept] = useState<Placement[]>(placements);
  const { busy, problem, run } = useAttempt();
  const change = (ordinal: number, more: Partial<Placement>) =>
    setKept(kept.map((one) => (one.ordinal === ordinal ? { ...one, ...more, placed: true } : one)));
  const save = async () => {
    const items = kept.filter((one) => one.placed).map(({ ordinal, anchor, page, x, y, width, height }) =>
      anchor ? { ordinal, anchor } : { ordinal, page, x, y, width, height },
    );
    if (await run(() => place(paper.id, items), t("saved"))) onClose();
  };
  return (
    <Sheet title={t("placeTitle")} onClose={onClose}>
      {kept.map((one) => (
        <fieldset class="form" key={one.ordinal}>
          <legend>{route.steps.find((step) => step.ordinal === one.ordinal)?.position_title}</legend>
          <div class="form__pair">
            <Choice
              label={t("pageOf", { page: one.page, count: version?.pages.length ?? 0 })}
              value={String(one.page)}
              onValue={(value) => change(one.ordinal, { page: Number(value), anchor: null })}
            >
              {version?.pages.map((page) => (
                <option key={page.ordinal} value={page.ordinal}>
                  {page.ordinal}
                </option>
              ))}
            </Choice>
            <TextField
              label={t("placeAnchor")}
              hint={t("placeAnchorHint")}
              maxLength={1}
              value={one.anchor ?? ""}
              onValue={(value) => change(one.ordinal, { anchor: value || null })}
            />
          </div>
        </fieldset>
      ))}
      {problem && <Alert problem={problem} />}
      <Button busy={busy} onClick={() => void save()}>
        {t("save")}
      </Button>
    </Sheet>
  );
}
