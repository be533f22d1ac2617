/** Whether an authority can be part of a URL. */
export type AuthorityCheck = (authority: string | undefined) => boolean;

/**
 * Makes a check of authorities. The adapter parses one as a part of a URL in the listener, where an error ends the
 * process. Nearly all requests have the same, so the last good one is remembered.
 */
export function createAuthorityCheck(): AuthorityCheck {
  let lastGood: string | undefined;
  return function isAuthority(authority) {
    if (authority === undefined || authority === "") return false;
    if (authority === lastGood) return true;
    if (authority.length > MAX_AUTHORITY_LENGTH) return false;
    if (!URL.canParse(`https://${authority}`)) return false;
    lastGood = authority;
    return true;
  };
}

/** Longer than a host name can be (253 characters) with a port and a user in front. */
const MAX_AUTHORITY_LENGTH = 1024;
