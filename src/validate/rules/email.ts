import { isHostname } from "./hostname.ts";

/**
 * Whether a text is an address as `a@example.com` or `Name <a@example.com>`, of the length that PGV allows.
 *
 * No rule of Envoy's API asks for one. Of what Go's `mail.ParseAddress` reads besides, comments, folded lines and
 * encoded words are refused.
 */
export function isEmail(text: string): boolean {
  const [, inBrackets, plain] = ADDRESS.exec(text.replace(/^[ \t]+/, "").replace(TRAILING, "")) ?? [];
  const [, local, domain] = ADDR_SPEC.exec(inBrackets ?? plain ?? "") ?? [];
  if (local === undefined || domain === undefined) return false;
  const name = local.startsWith('"') ? local.slice(1, -1).replaceAll(/\\(.)/g, "$1") : local;
  // Go splits the address at the first sign, though a quoted name may have one.
  if (name.includes("@")) return false;
  const bytes = (each: string) => new TextEncoder().encode(each).length;
  return bytes(name) <= 64 && bytes(`${name}@${domain}`) <= 254 && isHostname(domain);
}

// No character begins two ways to match, so that the time is linear in the length of the text.
const ATOM = "A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-\\u0080-\\uffff";
const QUOTED = `"(?:[^"\\\\\\x00-\\x1f\\x7f]|\\\\[\\x20-\\x7e])*"`;
const ADDRESS = new RegExp(`^(?:(?:[${ATOM}. \\t]|${QUOTED})*<([^<>]*)>|([^<>]*))$`);
const TRAILING = /(?<![ \t])[ \t]+$/;
const ADDR_SPEC = new RegExp(`^([${ATOM}]+(?:\\.[${ATOM}]+)*|${QUOTED})@([^@\\s]+)$`);
