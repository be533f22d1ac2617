import { KnownRegex, type StringRules } from "../../../gen/validate/validate_pb.ts";
import { isEmail } from "./email.ts";
import { isHostname } from "./hostname.ts";
import { ipVersion } from "./ip.ts";
import { type Rule, rule, setFields } from "./rule.ts";
import { isAbsoluteUri, isUri } from "./uri.ts";

/** The rules `string.ip`, `string.well_known_regex` and so on, of which a field has one at most. */
export function formatRules(rules: StringRules): Rule[] {
  const { case: format, value } = rules.wellKnown;
  if (format === undefined || !value) return [];
  if (format === "wellKnownRegex") return headerRules(value, setFields(rules).strict ?? true);
  const [id, text, isValid] = FORMATS[format];
  return [rule<string>(`string.${id}`, `Must be ${text}`, (string) => !isValid(string))];
}

type Format = Exclude<StringRules["wellKnown"]["case"], "wellKnownRegex" | undefined>;

const FORMATS: Readonly<Record<Format, readonly [id: string, text: string, isValid: (text: string) => boolean]>> = {
  email: ["email", "an email address", isEmail],
  hostname: ["hostname", "a host name", isHostname],
  ip: ["ip", "an IP address", (text) => ipVersion(text) !== undefined],
  ipv4: ["ipv4", "an IPv4 address", (text) => ipVersion(text) === 4],
  ipv6: ["ipv6", "an IPv6 address", (text) => ipVersion(text) === 6],
  uri: ["uri", "an absolute URI", isAbsoluteUri],
  uriRef: ["uri_ref", "a URI or a relative reference", isUri],
  address: ["address", "a host name or an IP address", (text) => isHostname(text) || ipVersion(text) !== undefined],
  uuid: ["uuid", "a UUID", (text) => UUID.test(text)],
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The patterns of PGV's `module/checker.go`. */
const HEADER_NAME = /^:?[0-9a-zA-Z!#$%&'*+-.^_|~`]+$/;
// deno-lint-ignore no-control-regex -- these are what is refused
const NOT_IN_VALUE = /[\x00-\x08\x0A-\x1F\x7F]/;
// deno-lint-ignore no-control-regex -- as above
const NOT_IN_HEADER = /[\x00\r\n]/;

/** Without `strict`, names and values are held to the same, and a name may be empty. */
function headerRules(regex: KnownRegex, strict: boolean): Rule[] {
  const id = "string.well_known_regex";
  if (!strict) {
    const text = "Must have no NUL, CR or LF";
    return [rule<string>(id, text, (value) => NOT_IN_HEADER.test(value))];
  }
  switch (regex) {
    case KnownRegex.HTTP_HEADER_NAME:
      return [rule<string>(id, "Must be the name of an HTTP header", (value) => !HEADER_NAME.test(value))];
    case KnownRegex.HTTP_HEADER_VALUE:
      return [rule<string>(id, "Must be the value of an HTTP header", (value) => NOT_IN_VALUE.test(value))];
    default:
      return [];
  }
}
