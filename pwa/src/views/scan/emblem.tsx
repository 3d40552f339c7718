/** Emblems of verdicts, as on the public page: told apart by shape before colour. */

import { scallop } from "../../components/marks.tsx";

export type EmblemKind = "seal" | "sheet" | "void" | "broken" | "unsure" | "question";

const SHEET = "M15 6h29l14 14v46H15zM44 6v14h14";
const SCALLOP = scallop(36, 30, 6.15, 16);

export function Emblem({ kind }: { kind: EmblemKind }) {
  return (
    <svg class="emblem" viewBox="0 0 72 72" aria-hidden="true">
      {DRAWN[kind]()}
    </svg>
  );
}

const DRAWN = {
  seal: () => (
    <>
      <path fill="currentColor" stroke="none" d={SCALLOP} />
      <path class="emblem__cut" stroke-width="5.5" d="M23.5 37l9 9.2L49.5 26" />
    </>
  ),
  sheet: () => (
    <>
      <path d={SHEET} />
      <path stroke-width="5" d="M25 38l8.5 8.7L49 29" />
      <path d="M24 56h25" />
    </>
  ),
  void: () => (
    <>
      <path d={SCALLOP} />
      <path class="emblem__bar" stroke-width="13" d="M8 64 64 8" />
      <path stroke-width="5" d="M9 63 63 9" />
    </>
  ),
  broken: () => (
    <>
      <path transform="translate(-3 1.5) rotate(-5 36 36)" d="M33 6C17 7 6 19 6 36s11 29 27 30l-4-14 7-8-8-9 7-10-4-8z" />
      <path transform="translate(4 -1.5) rotate(5 36 36)" d="M40 6c15 1.5 26 14 26 30S55 64.5 40 66l-4-14 7-8-8-9 7-10-4-8z" />
    </>
  ),
  unsure: () => (
    <>
      <path stroke-dasharray="6 5.5" d={SCALLOP} />
      <path stroke-width="6" d="M25 36v.1M36 36v.1M47 36v.1" />
    </>
  ),
  question: () => (
    <>
      <circle cx="36" cy="36" r="30" stroke-dasharray="7 5.57" />
      <path stroke-width="4.5" d="M27 29.5c0-5.5 4-9 9-9s9 3.3 9 8.3c0 6.5-9 6.7-9 13.2M36 51v.1" />
    </>
  ),
} satisfies Record<EmblemKind, () => preact.JSX.Element>;
