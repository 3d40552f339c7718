/** Fields: one label, one control, one sentence when something is wrong. */

import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { t } from "../locales/core.ts";
import { Eye, EyeOff } from "./icons.tsx";
import { BRAND_PATH, Mark } from "./marks.tsx";

interface FieldProps {
  label: string;
  note?: ComponentChildren;
  hint?: string | undefined;
  /** What is wrong with it; shown with a mark and announced. */
  wrong?: string | undefined;
}

type Control = (props: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean }) => ComponentChildren;

export function Field({ label, note, hint, wrong, control }: FieldProps & { control: Control }) {
  const id = useId();
  const said = wrong ?? hint;
  return (
    <div class={wrong ? "field field--bad" : "field"}>
      <label for={id}>
        {label}
        {note && <small class="num">{note}</small>}
      </label>
      {control({ id, ...(said ? { "aria-describedby": `${id}-h` } : {}), ...(wrong ? { "aria-invalid": true } : {}) })}
      {said && (
        <p class="hint" id={`${id}-h`} {...(wrong ? { role: "alert" } : {})}>
          {wrong && <Mark kind="needsYou" />}
          <span>{said}</span>
        </p>
      )}
    </div>
  );
}

type InputProps = FieldProps & {
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "email" | "date" | "number" | "search";
  name?: string;
  autocomplete?: string;
  inputMode?: "text" | "numeric" | "email" | "search";
  autocapitalize?: "none" | "characters" | "sentences";
  spellcheck?: boolean;
  required?: boolean;
  maxLength?: number;
};

export function TextField({ label, note, hint, wrong, value, onValue, type, ...rest }: InputProps) {
  return (
    <Field
      {...{ label, note, hint, wrong }}
      control={(a11y) => (
        <div class="input">
          <input {...a11y} {...rest} type={(type ?? "text") as "text"} value={value} onInput={(event) => onValue(event.currentTarget.value)} />
        </div>
      )}
    />
  );
}

/** A password or passphrase: can be shown, pasted and filled by a manager; never echoed elsewhere. */
export function SecretField({ label, note, hint, wrong, value, onValue, ...rest }: Omit<InputProps, "type">) {
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...{ label, note, hint, wrong }}
      control={(a11y) => (
        <div class="input">
          <input
            {...a11y}
            {...rest}
            type={(shown ? "text" : "password") as "text"}
            autocapitalize="none"
            spellcheck={false}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
          <button
            type="button"
            class="hit"
            aria-label={t(shown ? "hide" : "show", { what: label.toLowerCase() })}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff /> : <Eye />}
          </button>
        </div>
      )}
    />
  );
}

interface CodeProps extends FieldProps {
  value: string;
  onValue: (value: string) => void;
}

/** Six digits in one real input, drawn as 3 + 3; paste and autofill work as in any input. */
export function CodeField({ label, note, hint, wrong, value, onValue }: CodeProps) {
  const input = useRef<HTMLInputElement>(null);
  const [focused, setFocused] = useState(false);
  const at = Math.min(value.length, 5);
  return (
    <Field
      {...{ label, note, hint, wrong }}
      control={(a11y) => (
        <div class={focused ? "code code--on" : "code"} onClick={() => input.current?.focus()}>
          <input
            {...a11y}
            ref={input}
            class="code__input"
            inputMode="numeric"
            autocomplete="one-time-code"
            pattern="[0-9]*"
            value={value}
            onFocus={() => setFocused(true)}
            onBlur={() => setFocused(false)}
            onInput={(event) => {
              const digits = event.currentTarget.value.replace(/\D/g, "").slice(0, 6);
              event.currentTarget.value = digits;
              onValue(digits);
            }}
          />
          {Array.from({ length: 6 }, (_, i) => (
            <i key={i} aria-hidden="true" class={focused && i === at ? "on" : ""}>
              {value[i] ?? (focused && i === at ? <span class="caret" /> : null)}
            </i>
          ))}
        </div>
      )}
    />
  );
}

interface CheckProps {
  checked: boolean;
  onChecked: (checked: boolean) => void;
  children: ComponentChildren;
}

export function CheckBox({ checked, onChecked, children }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChecked(event.currentTarget.checked)} />
      <span class="box">{checked && <PenTick />}</span>
      <span>{children}</span>
    </label>
  );
}

/** The pen tick in a box: drawn once, left to right, when it lands. */
export const PenTick = ({ still = false }: { still?: boolean }) => (
  <svg viewBox="0 0 48 48" aria-hidden="true">
    <path class={still ? "" : "draw"} fill="currentColor" d={BRAND_PATH} />
  </svg>
);
