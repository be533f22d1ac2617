import { Code, ConnectError } from "@connectrpc/connect";
import { exceeding } from "./limit-counts.ts";

/** Limits of the headers of a request, those that begin with a colon included. */
export interface HeaderLimits {
  /** Their names and values, in bytes. Default: 16 KiB. */
  readonly maxHeaderBytes: number;
  /** Their number. Default: 64. */
  readonly maxHeaderPairs: number;
}

/** Fills in the defaults of limits. */
export function headerLimits(options: Partial<HeaderLimits>): HeaderLimits {
  return { maxHeaderBytes: options.maxHeaderBytes ?? 16 * 1024, maxHeaderPairs: options.maxHeaderPairs ?? 64 };
}

/** The size of headers. */
export interface HeaderSize {
  readonly bytes: number;
  readonly pairs: number;
}

/** Measures headers whose names and values alternate, as those of Node do. */
export function sizeOfRawHeaders(raw: readonly string[]): HeaderSize {
  let bytes = 0;
  for (const text of raw) bytes += text.length;
  return { bytes, pairs: raw.length / 2 };
}

/** Measures headers. Values that were joined count as one pair. */
export function sizeOfHeaders(headers: Headers): HeaderSize {
  let bytes = 0;
  let pairs = 0;
  headers.forEach((value, name) => {
    bytes += name.length + value.length;
    pairs++;
  });
  return { bytes, pairs };
}

/** @returns the error for a client whose headers are beyond a limit */
export function excessOf({ bytes, pairs }: HeaderSize, limits: HeaderLimits): ConnectError | undefined {
  if (bytes > limits.maxHeaderBytes) return tooLarge("maxHeaderBytes", `${limits.maxHeaderBytes} bytes`);
  if (pairs > limits.maxHeaderPairs) return tooLarge("maxHeaderPairs", `${limits.maxHeaderPairs}`);
  return undefined;
}

function tooLarge(limit: keyof HeaderLimits, max: string): ConnectError {
  const text = `Cannot read request: its headers are more than the limit of ${max} (${limit})`;
  return exceeding(limit, new ConnectError(text, Code.ResourceExhausted));
}
