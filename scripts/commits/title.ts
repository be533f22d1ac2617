const MAX_LENGTH = 100;

/** @returns what is wrong with the title of a commit, with the title; undefined if nothing is */
export function problemOfTitle(title: string): string | undefined {
  // Made by git, with the title of another commit in it.
  if (/^(?:fixup|squash|amend)! |^Revert "|^Merge /.test(title)) return undefined;
  const scoped = /^[a-z][a-z0-9-]*(?:, [a-z][a-z0-9-]*)*: (.+)$/.exec(title);
  if (scoped === null) return `${title}\n  begins without a scope in lower case, as in "cache: compact the log"`;
  if (title.length > MAX_LENGTH) {
    return `${title}\n  has ${title.length} characters, and should have ${MAX_LENGTH} at most`;
  }
  return scoped[1]!.endsWith(".") ? `${title}\n  ends with a period` : undefined;
}
