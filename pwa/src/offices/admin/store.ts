/** What more than one of the administrator's screens does. */

import { call, change } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { renew } from "../../store/session.ts";
import type { AgencySettings } from "../types.ts";

/** Settings as they are afterwards; the session is asked again, as its bar shows the agency's name. */
export async function keepSettings(changed: Partial<AgencySettings>): Promise<AgencySettings> {
  const kept = await change<AgencySettings>("/agency", changed);
  await renew();
  return kept;
}

const LARGEST = 1024 * 1024;

/** A coat of arms; what cannot be one is refused before it travels. */
export async function keepLogo(file: File): Promise<AgencySettings> {
  if (file.type !== "image/png" || file.size > LARGEST) throw new Problem("organisation/logo-invalid");
  const answer = await call("PUT", "/agency/logo", { body: file });
  await renew();
  return (await answer.json()) as AgencySettings;
}
