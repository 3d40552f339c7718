/** What a registration officer proposes and decides, and what may be proposed about a person. */

import type { Device } from "../../api/types.ts";
import { serverNow } from "../../store/network.ts";
import type { Decision, DecisionKind, Person } from "../types.ts";

/** How an identity was checked. The sentence itself is kept, so that a trail reads without this app. */
export const METHODS = [
  "Tatap muka, KTP-el diperiksa",
  "Tatap muka, KTP-el dan kartu pegawai diperiksa",
  "Tatap muka, dikenal langsung oleh petugas",
] as const;

export const isLive = (device: Device): boolean => !device.revoked_at && !device.lost_at;
export const isWaiting = (device: Device): boolean => isLive(device) && new Date(device.may_sign_from) > serverNow();

export const pending = (person: Person): Decision[] => person.decisions.filter((one) => one.state === "proposed");

const isPending = (person: Person, kind: DecisionKind): boolean => pending(person).some((one) => one.kind === kind);

/** Proposals about the person as a whole that have an occasion now and are not already waiting. */
export function occasions(person: Person): DecisionKind[] {
  const { account } = person;
  if (!account || account.closed_at) return [];
  const found: DecisionKind[] = [];
  if (account.totp_confirmed && person.devices.some(isLive)) found.push("issue-certificate", "make-seal");
  if (account.signing_suspended_at && account.totp_confirmed) found.push("lift-suspension");
  found.push("reset-second-factor");
  if (person.certificates.length) found.push("correct-identity");
  if (!person.roles.some(({ role }) => role === "registration-officer")) found.push("make-officer");
  return found.filter((kind) => !isPending(person, kind));
}
