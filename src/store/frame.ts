/** A header of JSON in one line, then contents one after another; the header has to say where each of them ends. */
export function frame(header: unknown, contents: readonly Uint8Array[] = []): Uint8Array<ArrayBuffer> {
  const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  const bytes = new Uint8Array(contents.reduce((sum, each) => sum + each.length, line.length));
  bytes.set(line);
  let at = line.length;
  for (const each of contents) {
    bytes.set(each, at);
    at += each.length;
  }
  return bytes;
}

/** The header, and a function that gives the next bytes after it. @throws if it is damaged */
export function unframe(
  bytes: Uint8Array,
): { readonly header: unknown; next(length: number): Uint8Array<ArrayBuffer> } {
  const end = bytes.indexOf(NEW_LINE);
  if (end < 0) throw new Error("It has no header");
  const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end)));
  let at = end + 1;
  return {
    header,
    next(length) {
      if (!(length >= 0 && at + length <= bytes.length)) throw new Error("It is cut off");
      // A copy, since a small part would keep all of it.
      return new Uint8Array(bytes.subarray(at, at += length));
    },
  };
}

/** JSON has none within. */
const NEW_LINE = 10;
