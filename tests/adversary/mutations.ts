/** Copies of bytes with faults in them, the same ones for the same seed. */
export function mutations(
  bytes: Uint8Array,
  { seed, count }: { readonly seed: number; readonly count: number },
): Buffer[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => {
    let copy: Buffer = Buffer.from(bytes);
    for (let changes = 1 + random(4); changes > 0; changes--) copy = mutate(copy, random);
    return copy;
  });
}

function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  const at = random(bytes.length || 1);
  switch (random(5)) {
    case 0:
      bytes[at] = random(256);
      return bytes;
    case 1:
      bytes[at]! ^= 1 << random(8);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(random(256), random(256)), bytes.subarray(at)]);
    default:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(8))]);
  }
}

/** Numbers below a limit, by the generator mulberry32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) % below;
  };
}
