/** One block of a PEM file. */
export interface PemBlock {
  /** What it says to be, such as `CERTIFICATE`. */
  readonly label: string;
  /** Whether it is encrypted with a password. */
  readonly isEncrypted: boolean;
  /** What it holds; undefined if that is not Base64. */
  readonly bytes: Uint8Array | undefined;
}

/** The blocks of a text, in order. Text between them is skipped, as BoringSSL does. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (let at = 0; blocks.length < MAX_BLOCKS;) {
    BEGIN.lastIndex = at;
    const begin = BEGIN.exec(text);
    if (begin === null) break;
    const [line, label = ""] = begin;
    const start = begin.index + line.length;
    const end = text.indexOf(`\n-----END ${label}-----`, start - 1);
    // A block without an end makes the rest unreadable.
    if (end < 0) break;
    blocks.push(blockOf(label, text.slice(start, end)));
    at = end + 1;
  }
  return blocks;
}

/** The largest bundles of trusted certificates have some hundred. */
const MAX_BLOCKS = 10_000;
const BEGIN = /^-----BEGIN ([A-Z0-9 ]+)-----[ \t]*\r?\n/gm;

function blockOf(label: string, body: string): PemBlock {
  const isEncrypted = label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type: 4,ENCRYPTED/m.test(body);
  return { label, isEncrypted, bytes: decode(body) };
}

function decode(body: string): Uint8Array | undefined {
  try {
    const text = atob(body.replace(/^[A-Za-z-]+:.*$/gm, "").replaceAll(/\s/g, ""));
    return Uint8Array.from(text, (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
