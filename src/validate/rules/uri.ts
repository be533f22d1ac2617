import { ipv6Groups } from "./ip.ts";

/** Whether Go's `url.Parse` takes a text: a URI, or a reference that is relative to one. */
export function isUri(text: string): boolean {
  const [beforeFragment, fragment = ""] = cut(text, "#");
  return isWithoutFragment(beforeFragment) && isEscaped(fragment);
}

/** The same, of a URI with a scheme. */
export function isAbsoluteUri(text: string): boolean {
  return isUri(text) && SCHEME.test(text);
}

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
// deno-lint-ignore no-control-regex -- these are what is refused
const CONTROL = /[\x00-\x1f\x7f]/;
const USER_INFO = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
/** Whole characters of a host; those beyond ASCII are not looked at. */
const HOST = /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\uffff]|%25|%[89a-f][0-9a-f])*$/i;
/** The same of a zone, in which these may be escaped as well, and a space. */
const ZONE = /^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\uffff]|%25|%20|%[89a-f][0-9a-f])+$/i;
const ESCAPED = /%([0-7][0-9a-f])/gi;
const PORT = /^(?::[0-9]*)?$/;

function isWithoutFragment(text: string): boolean {
  if (CONTROL.test(text) || text.startsWith(":")) return false;
  if (text === "*") return true;
  const scheme = SCHEME.exec(text)?.[1];
  const [rest] = cut(scheme === undefined ? text : text.slice(scheme.length + 1), "?");
  if (!rest.startsWith("/")) {
    // With a scheme it is opaque, and without one a colon would be taken for the end of a scheme.
    return scheme !== undefined || (!cut(rest, "/")[0].includes(":") && isEscaped(rest));
  }
  if (!rest.startsWith("//") || (scheme === undefined && rest.startsWith("///"))) return isEscaped(rest);
  const slash = rest.indexOf("/", 2);
  const [authority, path] = slash < 0 ? [rest.slice(2), ""] : [rest.slice(2, slash), rest.slice(slash)];
  return isAuthority(scheme?.toLowerCase(), authority) && isEscaped(path);
}

function isAuthority(scheme: string | undefined, authority: string): boolean {
  const at = authority.lastIndexOf("@");
  const user = authority.slice(0, Math.max(at, 0));
  return isHost(scheme, authority.slice(at + 1)) && USER_INFO.test(user) && isEscaped(user);
}

function isHost(scheme: string | undefined, host: string): boolean {
  const open = host.lastIndexOf("[");
  if (open > 0) return false;
  if (open === 0) {
    const close = host.lastIndexOf("]");
    return close >= 0 && isIpLiteral(host.slice(1, close)) && PORT.test(host.slice(close + 1));
  }
  // Other schemes have lists of hosts, as those of databases.
  const colon = scheme === "http" || scheme === "https" ? host.indexOf(":") : host.lastIndexOf(":");
  return (colon < 0 || PORT.test(host.slice(colon))) && HOST.test(host);
}

function isIpLiteral(text: string): boolean {
  const zone = text.indexOf("%25");
  if (zone < 0) return ipv6Groups(text) !== undefined;
  const plain = text.slice(zone + 3).replaceAll(ESCAPED, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return HOST.test(character) ? character : escape;
  });
  return ipv6Groups(text.slice(0, zone)) !== undefined && ZONE.test(plain);
}

/** Whether each percent sign begins an escape. */
function isEscaped(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text);
}

function cut(text: string, separator: string): [before: string, after?: string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
