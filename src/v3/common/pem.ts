/** The content of a PEM file, as a text or as the bytes of one. */
export type Pem = string | Uint8Array;

/**
 * Checks PEM, without quoting any of it: it may be a key.
 *
 * @param pem - the content
 * @param label - what a block must be: `CERTIFICATE` or `PRIVATE KEY`
 * @param what - what errors call it
 * @returns the field of a `DataSource`
 * @throws TypeError for a path, and for PEM of something else
 */
export function pemSource(
  pem: Pem,
  label: "CERTIFICATE" | "PRIVATE KEY",
  what: string,
): { specifier: { case: "inlineString"; value: string } } {
  const text = typeof pem === "string" ? pem : new TextDecoder().decode(pem);
  if (!text.includes(BEGIN)) throw new TypeError(`${what} is not PEM; give the content, not a path`);
  if (!new RegExp(`${BEGIN}[A-Z0-9 ]*${label}-----`).test(text)) {
    throw new TypeError(`${what} has no block "${BEGIN}${label}-----"; it is PEM of something else`);
  }
  return { specifier: { case: "inlineString", value: text } };
}

/** Whether a text is PEM, rather than the name of a secret. */
export function isPem(text: string): boolean {
  return text.includes(BEGIN);
}

const BEGIN = "-----BEGIN ";
