/** A call to the signing service as people say it, and as it was. */

import { isWord, t } from "../../locales/outcomes.ts";
import type { ServiceCall } from "../types.ts";

const known = (prefix: string, word: string) => (isWord(`${prefix}-${word}`) ? t(`${prefix}-${word}` as "said-other") : null);

/** What was asked and what came of it, in two sentences. */
export function sentence({ call, outcome }: ServiceCall): string {
  const asked = known("asked", call.split(" ").at(-1) ?? "") ?? t("asked-other");
  return `${asked} ${because(outcome)}`;
}

/** Why a result was not one. */
export const because = (reason: string): string =>
  (reason.startsWith("http-") ? t("said-http") : known("said", reason)) ?? t("said-other");

/** The same for whoever looks after the service. */
export const raw = ({ call, outcome, http_status, code, milliseconds, reference }: ServiceCall): string =>
  [call, http_status && `HTTP ${http_status}`, outcome, code, `${milliseconds} ms`, reference].filter(Boolean).join(" · ");
