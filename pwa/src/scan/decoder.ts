/** Reads codes from pictures: the browser's own reader where there is one, else ZXing in WebAssembly. */

import type { ReaderOptions } from "zxing-wasm/reader";

export type Decode = (image: ImageData) => Promise<string[]>;

interface Native {
  detect(image: ImageData): Promise<{ rawValue: string }[]>;
}
interface NativeReader {
  new (options: { formats: string[] }): Native;
  getSupportedFormats(): Promise<string[]>;
}

/** This document may not compile WebAssembly: it was not opened at the scanner's address. */
export class NotHere extends Error {}

const HOW: ReaderOptions = { formats: ["QRCode"], tryHarder: true, tryInvert: false, tryDownscale: true, maxNumberOfSymbols: 4 };
/** Where the reader is kept for days without a network. */
const SHELF = "scanner";

async function native(): Promise<Decode | null> {
  const Reader = (globalThis as { BarcodeDetector?: NativeReader }).BarcodeDetector;
  try {
    if (!Reader || !(await Reader.getSupportedFormats()).includes("qr_code")) return null;
    const reader = new Reader({ formats: ["qr_code"] });
    return async (image) => (await reader.detect(image)).map((found) => found.rawValue);
  } catch {
    return null;
  }
}

const mayCompile = (): boolean => {
  try {
    return Boolean(new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)));
  } catch {
    return false;
  }
};

async function compiled(): Promise<Decode> {
  if (!mayCompile()) throw new NotHere();
  const [{ prepareZXingModule, readBarcodes }, { default: address }] = await Promise.all([
    import("zxing-wasm/reader"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  await prepareZXingModule({ overrides: { wasmBinary: await binary(address) }, fireImmediately: true });
  return async (image) => (await readBarcodes(image, HOW)).map((found) => found.text);
}

/** From the shelf, or from the server and onto it; what lay there of an older version goes. */
async function binary(address: string): Promise<ArrayBuffer> {
  const shelf = await caches.open(SHELF).catch(() => null);
  const kept = await shelf?.match(address);
  if (kept) return kept.arrayBuffer();
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  for (const old of (await shelf?.keys()) ?? []) await shelf?.delete(old);
  await shelf?.put(address, answer.clone()).catch(() => undefined);
  return answer.arrayBuffer();
}

export const decoder = async (): Promise<Decode> => (await native()) ?? compiled();
