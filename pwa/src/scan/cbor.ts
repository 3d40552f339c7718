/** Reads the little of CBOR (RFC 8949) that claims and status lists are written in; refuses the rest. */

export type Cbor = number | string | boolean | null | Uint8Array<ArrayBuffer> | Cbor[] | Map<Cbor, Cbor> | Tagged;
export interface Tagged {
  tag: number;
  value: Cbor;
}

const DEEPEST = 8;

export function decode(bytes: Uint8Array<ArrayBuffer>): Cbor {
  const reader = new Reader(bytes);
  const value = reader.item(0);
  if (reader.at !== bytes.length) throw new Error("something follows");
  return value;
}

class Reader {
  at = 0;
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  item(depth: number): Cbor {
    if (depth > DEEPEST) throw new Error("too deep");
    const first = this.#byte();
    const [major, short] = [first >> 5, first & 31];
    if (major === 7) return this.#simple(short);
    const count = this.#count(short);
    switch (major) {
      case 0:
        return count;
      case 1:
        return -1 - count;
      case 2:
        return this.#take(count).slice();
      case 3:
        return new TextDecoder("utf-8", { fatal: true }).decode(this.#take(count));
      case 4:
        return Array.from({ length: this.#few(count) }, () => this.item(depth + 1));
      case 5:
        return new Map(Array.from({ length: this.#few(count) }, () => [this.item(depth + 1), this.item(depth + 1)]));
      default:
        return { tag: count, value: this.item(depth + 1) };
    }
  }

  #simple(short: number): Cbor {
    if (short === 22) return null;
    if (short === 20 || short === 21) return short === 21;
    throw new Error("not in use here");
  }

  #byte(): number {
    return this.#take(1)[0] as number;
  }

  #take(count: number): Uint8Array<ArrayBuffer> {
    if (count > this.bytes.length - this.at) throw new Error("ends too early");
    return this.bytes.subarray(this.at, (this.at += count));
  }

  /** A list can hold no more items than bytes are left. */
  #few(count: number): number {
    if (count > this.bytes.length - this.at) throw new Error("ends too early");
    return count;
  }

  #count(short: number): number {
    if (short < 24) return short;
    const start = this.at;
    if (short === 24) return this.#byte();
    if (short === 25) return this.#take(2), this.#view.getUint16(start);
    if (short === 26) return this.#take(4), this.#view.getUint32(start);
    throw new Error("not in use here");
  }
}

export const isTagged = (value: Cbor): value is Tagged => typeof value === "object" && value !== null && "tag" in value;

const piece = (head: number, content: Uint8Array): Uint8Array[] => {
  const size = content.length;
  if (size < 24) return [Uint8Array.of((head << 5) | size), content];
  if (size < 256) return [Uint8Array.of((head << 5) | 24, size), content];
  if (size < 65536) return [Uint8Array.of((head << 5) | 25, size >> 8, size & 255), content];
  const long = new Uint8Array(5);
  long[0] = (head << 5) | 26;
  new DataView(long.buffer).setUint32(1, size);
  return [long, content];
};

/** The Sig_structure of a COSE_Sign1 (RFC 9052 §4.4). */
export function toBeSigned(protectedHeader: Uint8Array, externalAad: Uint8Array, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts = [
    [Uint8Array.of(0x84)],
    piece(3, new TextEncoder().encode("Signature1")),
    piece(2, protectedHeader),
    piece(2, externalAad),
    piece(2, payload),
  ].flat();
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
