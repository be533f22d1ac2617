/** Inputs are lists of messages, each with two bytes of length in front. */
export function* messagesIn(input: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at + 2 <= input.length;) {
    const length = input[at]! * 256 + input[at + 1]!;
    yield input.subarray(at + 2, at + 2 + length);
    at += 2 + length;
  }
}

/** The reverse of {@link messagesIn}. */
export function joined(messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((each) => [each.length >> 8, each.length & 255, ...each]));
}
