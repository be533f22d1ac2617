/** Whether a text is a host name, by the rules of PGV (`templates/goshared/known.go`). */
export function isHostname(text: string): boolean {
  if (utf8Length(text) > 253) return false;
  return text.replace(/\.$/, "").split(".").every((part) => PART.test(part));
}

// Go makes it lower case first, by which the Kelvin sign becomes a "k", and a capital I with a dot an "i".
const PART = /^(?!-)[a-z0-9\u0130\u212a-]{1,63}(?<!-)$/i;

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
