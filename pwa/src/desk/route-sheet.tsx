/** The route: positions in order, initials before signatures, each with its own deadline. */

import { useState } from "preact/hooks";
import type { PositionShown } from "../api/desk-types.ts";
import type { Page, StepAction } from "../api/types.ts";
import { Close, Down } from "../components/icons.tsx";
import { Alert, Button } from "../components/parts.tsx";
import { useResource } from "../components/resource.ts";
import { Sheet } from "../components/sheet.tsx";
import { t } from "../locales/desk.ts";
import { useAttempt } from "./attempt.ts";
import { MomentField } from "./paper-form.tsx";
import { drawRoute, type OpenPaper, type PlannedStep } from "./store.ts";

interface Planned extends PlannedStep {
  title: string;
  holder: string | null;
}

export function RouteSheet({ shown, onClose }: { shown: OpenPaper; onClose: () => void }) {
  const [steps, setSteps] = useState<Planned[]>(() =>
    shown.route.steps.map(({ position_id, action, due_at, position_title, holder_name }) => ({
      position_id,
      action,
      due_at,
      title: position_title,
      holder: holder_name,
    })),
  );
  const { busy, problem, run } = useAttempt();
  const change = (index: number, more: Partial<Planned>) =>
    setSteps(steps.map((step, i) => (i === index ? { ...step, ...more } : step)));
  const shift = (index: number, by: number) => {
    const next = [...steps];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(index + by, 0, moved);
    setSteps(next);
  };
  const save = async () => {
    const plan = steps.map(({ position_id, action, due_at }) => ({ position_id, action, due_at }));
    if (await run(() => drawRoute(shown.paper.id, plan), t("saved"))) onClose();
  };
  return (
    <Sheet title={t("routeTitle")} onClose={onClose}>
      <ol class="planned">
        {steps.map((step, index) => (
          <li key={step.position_id}>
            <div class="planned__head">
              <span>
                <b>{step.title}</b>
                <small>{step.holder ?? t("noHolder")}</small>
              </span>
              {index > 0 && (
                <button type="button" class="hit turned" aria-label={t("moveUp", { who: step.title })} onClick={() => shift(index, -1)}>
                  <Down small />
                </button>
              )}
              {index < steps.length - 1 && (
                <button type="button" class="hit" aria-label={t("moveDown", { who: step.title })} onClick={() => shift(index, 1)}>
                  <Down small />
                </button>
              )}
              <button
                type="button"
                class="hit"
                aria-label={t("removeStep", { who: step.title })}
                onClick={() => setSteps(steps.filter((_, i) => i !== index))}
              >
                <Close small />
              </button>
            </div>
            <div class="segment" role="group" aria-label={step.title}>
              {(["initial", "sign"] as StepAction[]).map((action) => (
                <button type="button" key={action} aria-pressed={step.action === action} onClick={() => change(index, { action })}>
                  {t(action === "sign" ? "signAction" : "initialAction")}
                </button>
              ))}
            </div>
            <MomentField label={t("stepDue", { who: step.title })} value={step.due_at} onValue={(due_at) => change(index, { due_at })} />
          </li>
        ))}
      </ol>
      <PositionPicker
        taken={steps.map((step) => step.position_id)}
        onPick={(position) =>
          setSteps([
            ...steps,
            { position_id: position.id, action: "sign", due_at: null, title: position.title, holder: position.holder?.name ?? null },
          ])
        }
      />
      {problem && <Alert problem={problem} />}
      <Button busy={busy} onClick={() => void save()}>
        {t("saveRoute")}
      </Button>
    </Sheet>
  );
}

function PositionPicker({ taken, onPick }: { taken: string[]; onPick: (position: PositionShown) => void }) {
  const [query, setQuery] = useState("");
  const found = useResource<Page<PositionShown>>(`/positions?limit=30&query=${encodeURIComponent(query)}`);
  const free = found.value?.items.filter((position) => !taken.includes(position.id)) ?? [];
  return (
    <div class="field">
      <label for="position">{t("addPosition")}</label>
      <div class="input">
        <input
          id="position"
          type="search"
          placeholder={t("searchPosition")}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </div>
      <div class="choices">
        {free.map((position) => (
          <button type="button" key={position.id} onClick={() => onPick(position)}>
            {position.title}
            <small>
              {position.holder ? `${position.holder.name}, ${position.unit_name}` : `${t("noHolder")}, ${position.unit_name}`}
            </small>
            {position.holder && !position.can_sign && <small class="bad">{t("cannotSign")}</small>}
          </button>
        ))}
      </div>
    </div>
  );
}
