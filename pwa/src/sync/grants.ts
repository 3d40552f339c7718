/** Single-use permits for consents given without a line; each bounds when the consent can have been made. */

import { post } from "../api/client.ts";
import type { ActivationKey } from "../api/signing-types.ts";
import { get, ownKey, put, update } from "../lib/db.ts";
import { session } from "../store/session.ts";
import type { OfflinePolicy } from "./feed.ts";

export interface Grant {
  grant: string;
  expires_at: string;
  /** Device minus server, whole seconds, as the server measured it when it gave this. */
  skew: number;
}

interface Answer {
  grants: { grant: string; expires_at: string }[];
  skew: number;
  activation_key: ActivationKey;
  policy: OfflinePolicy;
}

const WANTED = 10;
const own = (name: string): string => ownKey(session.peek()?.person.id ?? "", name);
const fresh = (grants: Grant[] | undefined): Grant[] => (grants ?? []).filter((one) => Date.parse(one.expires_at) + one.skew * 1000 > Date.now());

/** A grant covers what waited when it was given, so new ones take the old ones' place. */
export async function renewGrants(): Promise<void> {
  if (!session.peek()?.device || !(await get<OfflinePolicy>("offline", own("policy")))?.signing) return;
  const answer = await post<Answer>("/sync/grants", { device_time: new Date().toISOString(), wanted: WANTED });
  await put("offline", own("grants"), answer.grants.map((one) => ({ ...one, skew: answer.skew })));
  await put("offline", own("keys"), answer.activation_key);
  await put("offline", own("policy"), answer.policy);
}

/** Taken once, even when two tabs ask together. */
export async function takeGrant(): Promise<Grant | undefined> {
  let taken: Grant | undefined;
  await update<Grant[] | undefined>("offline", own("grants"), (old) => {
    const left = fresh(old);
    taken = left.shift();
    return left;
  });
  return taken;
}

/** What was not used after all, because its owner thought better of it. */
export const giveBack = (grant: Grant): Promise<unknown> =>
  update<Grant[] | undefined>("offline", own("grants"), (old) => [grant, ...(old ?? [])]);

export const grantsLeft = async (): Promise<number> => fresh(await get<Grant[]>("offline", own("grants"))).length;
