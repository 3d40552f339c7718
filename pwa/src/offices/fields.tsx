/** Fields the office forms share: choices, reasons, and finding a person or a position. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Page } from "../api/types.ts";
import { Search } from "../components/icons.tsx";
import { Field, TextField } from "../components/fields.tsx";
import { useResource } from "../components/resource.ts";
import { t } from "../locales/offices.ts";
import { signedIn } from "../store/session.ts";
import type { PersonRow, Position } from "./types.ts";

export type Wrong<K extends string> = Partial<Record<K, string>>;

/** Which of these were left blank, each with the same plain sentence. */
export function blank<K extends string>(values: Record<K, string>, names: readonly K[]): Wrong<K> {
  const wrong: Wrong<K> = {};
  for (const name of names) if (!values[name].trim()) wrong[name] = t("fillIn");
  return wrong;
}

export const sound = (wrong: object): boolean => Object.keys(wrong).length === 0;

interface ChoiceProps {
  label: string;
  hint?: string | undefined;
  value: string;
  wrong?: string | undefined;
  onValue: (value: string) => void;
  children: ComponentChildren;
}

export function Choice({ label, hint, value, wrong, onValue, children }: ChoiceProps) {
  return (
    <Field
      {...{ label, hint, wrong }}
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

interface LongProps {
  label: string;
  hint?: string;
  value: string;
  wrong?: string | undefined;
  onValue: (value: string) => void;
}

export function LongField({ label, hint, value, wrong, onValue }: LongProps) {
  return (
    <Field
      {...{ label, hint, wrong }}
      control={(a11y) => (
        <div class="input">
          <textarea {...a11y} maxLength={2000} value={value} onInput={(event) => onValue(event.currentTarget.value)} />
        </div>
      )}
    />
  );
}

const OFFSET = { WIB: 7, WITA: 8, WIT: 9 } as const;

/** The moment a day begins, or has ended, in the agency's zone; those zones have no summer time. */
export function edgeOfDay(day: string, edge: "begins" | "ended"): string {
  const hours = OFFSET[signedIn().agency.zone] - (edge === "ended" ? 24 : 0);
  return new Date(new Date(`${day}T00:00:00Z`).getTime() - hours * 3_600_000).toISOString();
}

/** Today in the agency's zone, as a date field holds it. */
export const today = (now: Date): string =>
  new Date(now.getTime() + OFFSET[signedIn().agency.zone] * 3_600_000).toISOString().slice(0, 10);

export function SearchBar({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }) {
  return (
    <div class="bar bar--search bar--whole">
      <label class="input">
        <span class="search__icon">
          <Search small />
        </span>
        <span class="sr">{label}</span>
        <input type="search" placeholder={label} value={value} onInput={(event) => onValue(event.currentTarget.value)} />
      </label>
    </div>
  );
}

interface PickerProps {
  label: string;
  chosen: string | null;
  wrong?: string | undefined;
  onPick: (id: string, name: string) => void;
  onClear: () => void;
}

interface Found {
  id: string;
  name: string;
  note: string;
}

function Picker({ label, chosen, wrong, onPick, onClear, path, show }: PickerProps & { path: string; show: (items: never[]) => Found[] }) {
  const [query, setQuery] = useState("");
  const found = useResource<Page<never>>(`${path}?limit=8&query=${encodeURIComponent(query.trim())}`);
  if (chosen) {
    return (
      <div class="field">
        <span class="label">{label}</span>
        <div class="picked">
          <span>{chosen}</span>
          <button type="button" class="btn btn--text" onClick={onClear}>
            {t("choose")}
          </button>
        </div>
      </div>
    );
  }
  const items = found.value ? show(found.value.items) : [];
  return (
    <div class="field">
      <TextField label={label} type="search" value={query} wrong={wrong} hint={t("typeToFind")} autocomplete="off" onValue={setQuery} />
      {found.value && !items.length && <p class="hint">{t("foundNone")}</p>}
      {items.length > 0 && (
        <ul class="finds">
          {items.map((item) => (
            <li key={item.id}>
              <button type="button" onClick={() => onPick(item.id, item.name)}>
                {item.name}
                <small>{item.note}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export const PersonPicker = (props: PickerProps) => (
  <Picker {...props} path="/people" show={(items: PersonRow[]) => items.map(({ id, name, nip }) => ({ id, name, note: nip ?? "" }))} />
);

export const PositionPicker = (props: PickerProps) => (
  <Picker
    {...props}
    path="/positions"
    show={(items: Position[]) =>
      items.map(({ id, title, unit_name, holders }) => ({
        id,
        name: title,
        note: [unit_name, ...holders.map((holder) => holder.name)].join(", "),
      }))
    }
  />
);
