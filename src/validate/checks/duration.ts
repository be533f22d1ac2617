/** A duration in nanoseconds. */
export function nanosOf({ seconds, nanos }: { readonly seconds: bigint; readonly nanos: number }): bigint {
  return seconds * 1_000_000_000n + BigInt(nanos);
}
