/** The camera at the back, with its torch and zoom where it has them. */

export interface Camera {
  /** Switches the torch; null where there is none. */
  torch: ((on: boolean) => Promise<void>) | null;
  /** Zooms in optically as far as asked; false where the camera cannot, and the picture must be cropped. */
  zoom(times: number): Promise<boolean>;
  stop(): void;
}

interface More extends MediaTrackCapabilities {
  torch?: boolean;
  zoom?: { min: number; max: number };
}
type Wish = MediaTrackConstraintSet & { torch?: boolean; zoom?: number };

/** Shows the camera in `video`. Throws a DOMException where there is none or it may not be used. */
export async function open(video: HTMLVideoElement): Promise<Camera> {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("no camera here", "NotFoundError");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
  });
  const track = stream.getVideoTracks()[0] as MediaStreamTrack;
  const stop = () => track.stop();
  try {
    video.srcObject = stream;
    await video.play();
  } catch (error) {
    stop();
    throw error;
  }
  const able = (track.getCapabilities?.() ?? {}) as More;
  const wish = (one: Wish) => track.applyConstraints({ advanced: [one] });
  return {
    torch: able.torch ? (on) => wish({ torch: on }) : null,
    async zoom(times) {
      if (!able.zoom || able.zoom.max < able.zoom.min * times) return false;
      await wish({ zoom: able.zoom.min * times });
      return true;
    },
    stop,
  };
}
