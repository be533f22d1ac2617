/** A value in DER, the encoding of certificates and keys. */
export interface DerValue {
  /** The tag, such as 0x30 for a sequence. */
  readonly tag: number;
  /** What it holds. */
  readonly content: Uint8Array;
}

/** The tags that certificates and keys are read by. */
export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  sequence: 0x30,
  version: 0xa0,
  publicKey: 0xa1,
} as const;

/**
 * The values in some bytes, one after the other.
 *
 * @returns undefined if the bytes do not end with a value
 */
export function derValues(bytes: Uint8Array): DerValue[] | undefined {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at]!;
    let length = bytes[at + 1];
    if (length === undefined) return undefined;
    at += 2;
    if (length >= 0x80) {
      const size = length - 0x80;
      if (size === 0 || size > 4 || at + size > bytes.length) return undefined;
      length = 0;
      for (let i = 0; i < size; i++) length = length * 256 + bytes[at++]!;
    }
    if (at + length > bytes.length) return undefined;
    values.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return values;
}

/** The values in one that is the only one, and a sequence; undefined if it is not. */
export function derSequence(bytes: Uint8Array): DerValue[] | undefined {
  const values = derValues(bytes);
  const [value] = values ?? [];
  return values?.length === 1 && value!.tag === TAG.sequence ? derValues(value!.content) : undefined;
}
