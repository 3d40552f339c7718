/** The facts of a paper: the same form for a new one and for a change. */

import type { ComponentChildren } from "preact";
import type { NewPaper } from "../api/desk-types.ts";
import type { Secrecy, Urgency } from "../api/types.ts";
import { Field, TextField } from "../components/fields.tsx";
import { useResource } from "../components/resource.ts";
import { t } from "../locales/desk.ts";
import { session } from "../store/session.ts";

export type Facts = Pick<NewPaper, "unit_id" | "type_code" | "subject" | "classification" | "secrecy" | "urgency" | "due_at" | "recipient">;

export const SECRECIES: Secrecy[] = ["biasa", "terbatas", "rahasia", "sangat-rahasia"];
export const URGENCIES: Urgency[] = ["biasa", "segera", "amat-segera"];

interface Props {
  facts: Facts;
  wrong: Partial<Record<keyof Facts, string>>;
  onFacts: (facts: Facts) => void;
  /** A paper that exists stays with its unit. */
  fresh?: boolean;
}

export function PaperForm({ facts, wrong, onFacts, fresh }: Props) {
  const kinds = useResource<{ items: { code: string; name: string }[] }>("/document-types");
  const units = session.value?.roles.filter((one) => one.role === "operator" && one.unit_id) ?? [];
  const set = <K extends keyof Facts>(name: K, value: Facts[K]) => onFacts({ ...facts, [name]: value });
  return (
    <>
      {fresh && units.length > 1 && (
        <Choice label={t("unit")} value={facts.unit_id} wrong={wrong.unit_id} onValue={(value) => set("unit_id", value)}>
          {units.map((one) => (
            <option key={one.unit_id} value={one.unit_id as string}>
              {one.unit_name}
            </option>
          ))}
        </Choice>
      )}
      <TextField label={t("subject")} value={facts.subject} wrong={wrong.subject} maxLength={500} onValue={(value) => set("subject", value)} />
      <div class="form__pair">
        <Choice label={t("kind")} value={facts.type_code} wrong={wrong.type_code} onValue={(value) => set("type_code", value)}>
          <option value="" />
          {kinds.value?.items.map((kind) => (
            <option key={kind.code} value={kind.code}>
              {kind.code}, {kind.name}
            </option>
          ))}
        </Choice>
        <TextField
          label={t("classification")}
          value={facts.classification}
          wrong={wrong.classification}
          maxLength={20}
          onValue={(value) => set("classification", value)}
        />
      </div>
      <div class="form__pair">
        <Choice label={t("secrecy")} value={facts.secrecy} onValue={(value) => set("secrecy", value as Secrecy)}>
          {SECRECIES.map((one) => (
            <option key={one} value={one}>
              {t(one)}
            </option>
          ))}
        </Choice>
        <Choice label={t("urgency")} value={facts.urgency} onValue={(value) => set("urgency", value as Urgency)}>
          {URGENCIES.map((one) => (
            <option key={one} value={one}>
              {t(one)}
            </option>
          ))}
        </Choice>
      </div>
      <MomentField label={t("due")} hint={t("dueHint")} value={facts.due_at} onValue={(value) => set("due_at", value)} />
      <TextField label={t("recipient")} value={facts.recipient} maxLength={500} onValue={(value) => set("recipient", value)} />
    </>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  wrong?: string | undefined;
  onValue: (value: string) => void;
  children: ComponentChildren;
}

export function Choice({ label, value, wrong, onValue, children }: ChoiceProps) {
  return (
    <Field
      label={label}
      wrong={wrong}
      control={(a11y) => (
        <div class="input">
          <select {...a11y} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
            {children}
          </select>
        </div>
      )}
    />
  );
}

const OFFSET = { WIB: 7, WITA: 8, WIT: 9 } as const;

/** A moment in the agency's zone, kept as UTC. The three zones have no summer time. */
export function MomentField({ label, hint, value, onValue }: { label: string; hint?: string; value: string | null; onValue: (value: string | null) => void }) {
  const hours = OFFSET[session.value?.agency.zone ?? "WIB"];
  const local = value ? new Date(new Date(value).getTime() + hours * 3_600_000).toISOString().slice(0, 16) : "";
  return (
    <Field
      label={label}
      note={session.value?.agency.zone}
      hint={hint}
      control={(a11y) => (
        <div class="input">
          <input
            {...a11y}
            type="datetime-local"
            value={local}
            onInput={(event) => {
              const typed = event.currentTarget.value;
              onValue(typed ? new Date(new Date(`${typed}:00Z`).getTime() - hours * 3_600_000).toISOString() : null);
            }}
          />
        </div>
      )}
    />
  );
}

/** What must be filled in before it can be kept. */
export function missing(facts: Facts): Partial<Record<keyof Facts, string>> {
  const wrong: Partial<Record<keyof Facts, string>> = {};
  for (const name of ["unit_id", "type_code", "subject", "classification"] as const) {
    if (facts[name].trim().length < (name === "subject" ? 3 : 1)) wrong[name] = t("missing");
  }
  return wrong;
}
