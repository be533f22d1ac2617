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
  return [...text.matchAll(BLOCK)].map(([, label, body]) => ({
    label: label!,
    isEncrypted: label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type: 4,ENCRYPTED/m.test(body!),
    bytes: decode(body!),
  }));
}

const BLOCK = /^-----BEGIN ([A-Z0-9 ]+)-----[ \t]*$([^]*?)^-----END \1-----[ \t]*$/gm;

function decode(body: string): Uint8Array | undefined {
  try {
    const text = atob(body.replace(/^[A-Za-z-]+:.*$/gm, "").replaceAll(/\s/g, ""));
    return Uint8Array.from(text, (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}
