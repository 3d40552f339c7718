/** One step's acts: open, tick, initial, return, reject. */

import { post, read } from "../api/client.ts";
import { Problem } from "../api/problem.ts";
import type { StepDetail } from "../api/types.ts";
import { deviceOf, signJws } from "../lib/device.ts";
import { settle, touch } from "./inbox.ts";
import { epoch } from "./network.ts";
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
    iat: epoch(),
    step: step.step_id,
    mandate: step.mandate_id,
    version: step.version.id,
    version_sha256: step.version.sha256,
    pages,
  });
}

export async function tick(step: StepDetail, shown: Read): Promise<StepDetail> {
  const takeOver = step.allowed.includes("take-over");
  const after = await post<StepDetail>(`/steps/${step.step_id}/tick`, {
    statement: await statement(step, shown),
    ...(takeOver && { take_over: true }),
  });
  touch(step.step_id, { ticked_at: after.ticked_at, state: after.state, lapsed: null });
  return after;
}

export async function initial(step: StepDetail): Promise<void> {
  await post(`/steps/${step.step_id}/initial`);
  settle(step.step_id);
}

export async function sendBack(step: StepDetail, how: "return" | "reject", note: string): Promise<void> {
  await post(`/steps/${step.step_id}/${how}`, { note });
  settle(step.step_id);
}
