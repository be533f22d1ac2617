/** Whether an authority can be part of a URL. */
export type AuthorityCheck = (authority: string | undefined) => boolean;

/**
 * Makes a check of authorities. Connect's adapter parses them as parts of URLs, where an invalid one throws. Nearly all
 * requests have the same, so the last valid one is remembered.
 */
export function createAuthorityCheck(): AuthorityCheck {
  let lastValid: string | undefined;
  return function isAuthority(authority) {
    if (authority === undefined || authority === "") return false;
    if (authority === lastValid) return true;
    if (authority.length > MAX_AUTHORITY_LENGTH) return false;
    if (!URL.canParse(`https://${authority}`)) return false;
    lastValid = authority;
    return true;
  };
}

/** Longer than a host name can be (253 characters) with a port and a user in front. */
const MAX_AUTHORITY_LENGTH = 1024;
