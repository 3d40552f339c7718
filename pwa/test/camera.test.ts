/** Torch and zoom of cameras that have them, and of those that do not. */

import { afterEach, expect, test, vi } from "vitest";
import { open } from "../src/scan/camera.ts";

interface Made {
  wishes: unknown[];
  stopped: () => boolean;
  video: HTMLVideoElement;
}

/** A camera whose track can do so much; `plays` false where the browser will not show it. */
function camera(able: object | null, plays = true): Made {
  const wishes: unknown[] = [];
  let stopped = false;
  const track = {
    ...(able && { getCapabilities: () => able }),
    applyConstraints: async (wish: unknown) => void wishes.push(wish),
    stop: () => {
      stopped = true;
    },
  };
  const getUserMedia = async (asked: MediaStreamConstraints) => {
    expect(asked.audio).toBe(false);
    expect((asked.video as MediaTrackConstraints).facingMode).toEqual({ ideal: "environment" });
    return { getVideoTracks: () => [track] };
  };
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  const play = async () => {
    if (!plays) throw new DOMException("not now", "NotAllowedError");
  };
  return { wishes, stopped: () => stopped, video: { play } as unknown as HTMLVideoElement };
}

afterEach(() => vi.unstubAllGlobals());

test("a torch is switched on and off", async () => {
  const { wishes, video } = camera({ torch: true });
  const { torch } = await open(video);
  await torch?.(true);
  await torch?.(false);
  expect(wishes).toEqual([{ advanced: [{ torch: true }] }, { advanced: [{ torch: false }] }]);
});

test("where there is no torch no button is offered", async () => {
  for (const able of [{}, { torch: false }, null]) expect((await open(camera(able).video)).torch).toBeNull();
});

test("it zooms from where the lens begins, and back", async () => {
  const { wishes, video } = camera({ zoom: { min: 100, max: 400 } });
  const found = await open(video);
  expect(await found.zoom(2)).toBe(true);
  expect(await found.zoom(1)).toBe(true);
  expect(wishes).toEqual([{ advanced: [{ zoom: 200 }] }, { advanced: [{ zoom: 100 }] }]);
});

test("where the lens cannot zoom that far the picture is to be cropped", async () => {
  for (const able of [{ zoom: { min: 1, max: 1.5 } }, {}, null]) {
    const { wishes, video } = camera(able);
    expect(await (await open(video)).zoom(2)).toBe(false);
    expect(wishes).toEqual([]);
  }
});

test("a camera that cannot be shown is let go, and one that is closed too", async () => {
  const hidden = camera({}, false);
  await expect(open(hidden.video)).rejects.toThrow("not now");
  expect(hidden.stopped()).toBe(true);
  const shown = camera({});
  (await open(shown.video)).stop();
  expect(shown.stopped()).toBe(true);
});

test("a browser without cameras says so", async () => {
  vi.stubGlobal("navigator", {});
  await expect(open({} as HTMLVideoElement)).rejects.toThrow("no camera here");
});
