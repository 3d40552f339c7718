/** Frames as a decoder sees them: as they are, then with the ink of a wet stamp taken out. */

/** A blue stamp is white in the blue channel, a red one in the red; printed black is dark in all. */
export type Pass = "luminance" | "blue" | "red";
export const PASSES: readonly Pass[] = ["luminance", "blue", "red"];

const LONGEST = 1280;

/** Copies a picture onto the canvas, no larger than a decoder needs. `zoom` 2 takes the middle half. */
export function draw(source: CanvasImageSource, width: number, height: number, canvas: HTMLCanvasElement, zoom = 1, longest = LONGEST): ImageData {
  const [wide, high] = [width / zoom, height / zoom];
  const scale = Math.min(1, longest / Math.max(wide, high));
  canvas.width = Math.max(1, Math.round(wide * scale));
  canvas.height = Math.max(1, Math.round(high * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.drawImage(source, (width - wide) / 2, (height - high) / 2, wide, high, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** One colour channel as a grey picture, in place. */
export function channel(image: ImageData, pass: Pass): ImageData {
  if (pass === "luminance") return image;
  const { data } = image;
  const from = pass === "blue" ? 2 : 0;
  for (let at = 0; at < data.length; at += 4) {
    const value = data[at + from] as number;
    data[at] = data[at + 1] = data[at + 2] = value;
  }
  return image;
}
