/** ⋮ in the reader: what the paper is, its trail, its original file, larger and smaller. */

import type { StepDetail } from "../../api/types.ts";
import { File, Minus, Past, Plus } from "../../components/icons.tsx";
import { Sheet } from "../../components/sheet.tsx";
import { longDate, clock } from "../../lib/time.ts";
import { t as core } from "../../locales/core.ts";
import { t } from "../../locales/reader.ts";
import { signedIn } from "../../store/session.ts";

interface MenuProps {
  step: StepDetail;
  onClose: () => void;
  onZoom: (factor: number) => void;
}

const STEP = 1.4;

export function ReaderMenu({ step, onClose, onZoom }: MenuProps) {
  const { zone } = signedIn().agency;
  const due = step.due_at ? new Date(step.due_at) : null;
  const facts: [string, string | null][] = [
    [t("number"), step.number ?? t("noNumber")],
    [t("kind"), step.type_name],
    [t("office"), step.unit_name],
    [t("secrecy"), t(`secrecy-${step.secrecy}`)],
    [t("due"), due && `${longDate(due, zone)} ${clock(due, zone)} ${zone}`],
    [t("as"), step.capacity],
  ];
  return (
    <Sheet title={core("more")} onClose={onClose}>
      <ul class="menu">
        <li>
          <a href={`/jejak/${step.document_id}`}>
            <Past />
            {t("trail")}
          </a>
        </li>
        <li>
          <a href={`/naskah/${step.step_id}/asli`}>
            <File />
            {t("original")}
          </a>
        </li>
        <li class="menu__pair">
          <button type="button" onClick={() => onZoom(STEP)}>
            <Plus />
            {t("larger")}
          </button>
          <button type="button" onClick={() => onZoom(1 / STEP)}>
            <Minus />
            {t("smaller")}
          </button>
        </li>
      </ul>
      <dl class="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </Sheet>
  );
}
