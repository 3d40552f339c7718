/** One step's acts: open, tick, initial, return, reject. */

import { post, read } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { StepDetail } from "../api/types.ts";
import { deviceOf, signJws } from "../lib/device.ts";
import type { Act } from "../sync/judge.ts";
import { submit } from "../sync/outgoing.ts";
import { touch } from "./inbox.ts";
import { measuredSkew } from "./network.ts";
import type { Read } from "./reading.ts";
import { signedIn } from "./session.ts";

export const readStep = (id: string): Promise<StepDetail> => read<StepDetail>(`/steps/${id}`);

export async function markOpened(step: StepDetail): Promise<void> {
  if (step.opened) return;
  await post(`/steps/${step.step_id}/opened`);
  touch(step.step_id, { opened: true });
}

/** The device's statement «I have read exactly this», over the digests that were displayed. */
async function statement(step: StepDetail, shown: Read): Promise<string> {
  const { person } = signedIn();
  const device = await deviceOf(person.id);
  if (!device) throw new Problem("client/no-device");
  const pages = step.version.pages.map(({ ordinal }) => shown.get(ordinal));
  return signJws(device, "tick+jwt", {
    aud: location.origin,
    sub: person.id,
    jti: crypto.randomUUID(),
    // By this phone's own clock; `made` says how far it was off.
    iat: Math.floor(Date.now() / 1000),
    step: step.step_id,
    mandate: step.mandate_id,
    version: step.version.id,
    version_sha256: step.version.sha256,
    pages,
  });
}

/** What came of an act: the step after it, or null while it waits for the line. */
export type After = StepDetail | null;

/** When it was done, by this clock, and on which version: the server may hear of it hours later. */
const made = (step: StepDetail) => ({ at: new Date().toISOString(), skew: measuredSkew(), version: step.version.id });

async function act(step: StepDetail, what: Act, body: object = {}): Promise<After> {
  const path = `/steps/${step.step_id}/${what}`;
  const outcome = await submit({ act: what, step, path, body: { ...body, made: made(step) } });
  if (outcome.kind === "waiting") return null;
  // Carried out, by an answer that was too long to be kept: ask how it stands now.
  return (outcome.body as StepDetail | undefined) ?? readStep(step.step_id);
}

export async function tick(step: StepDetail, shown: Read): Promise<After> {
  const takeOver = step.allowed.includes("take-over");
  return act(step, "tick", { statement: await statement(step, shown), ...(takeOver && { take_over: true }) });
}

export const initial = (step: StepDetail): Promise<After> => act(step, "initial");

export const sendBack = (step: StepDetail, how: "return" | "reject", note: string): Promise<After> =>
  act(step, how, { note });
