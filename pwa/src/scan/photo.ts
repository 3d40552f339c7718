/** Codes in a photo from the gallery: at two sizes, with each kind of stamp taken out. */

import { best } from "./best.ts";
import type { Decode } from "./decoder.ts";
import { channel, draw, type Pass } from "./frames.ts";

const SIZES = [1280, 2400];
const INKS: Pass[] = ["luminance", "blue", "red"];

export async function photoText(file: Blob, decode: Decode): Promise<string | undefined> {
  const picture = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  for (const longest of SIZES) {
    for (const ink of INKS) {
      const frame = draw(picture, picture.width, picture.height, canvas, 1, longest);
      const text = best(await decode(channel(frame, ink)));
      if (text !== undefined) return text;
    }
  }
  return undefined;
}
