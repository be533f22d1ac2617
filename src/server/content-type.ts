import type { ContentTypeMatcher } from "@connectrpc/connect/protocol";

/** Makes a matcher of content types. Unlike that of Connect it remembers none, since they are what clients choose. */
export function contentTypeMatcher(supported: RegExp): ContentTypeMatcher {
  function match(contentType: string | null): boolean {
    return contentType !== null && contentType.length <= MAX_LENGTH && supported.test(contentType);
  }
  return Object.assign(match, { supported: [supported] });
}

/** Longer than any with its parameters. */
const MAX_LENGTH = 256;
