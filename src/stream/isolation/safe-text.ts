import { REDACTED, withoutBlocks } from "./redacted-blocks.ts";
import { withoutFields } from "./redacted-fields.ts";

/**
 * A client's reason without what may be secret. Envoy puts the whole text of a resource that breaks a rule into its
 * reason, the private key of a `Secret` included; of that only the rule that was broken is left. Of the text of any other
 * message, in protobuf's form or in JSON, cut off at either end or not, what is in braces is left out, and so are values
 * of fields that hold keys.
 *
 * Invariant: its time is linear in the length of the reason.
 */
export function safeText(reason: string): string {
  // A key may have braces, so values of fields come first.
  const text = withoutBlocks(withoutFields(withoutPem(withoutDumps(reason))));
  return text.replace(BEARER, `$1${REDACTED}`).replace(JWT, REDACTED).replace(BASE64, REDACTED);
}

const RULE = "Proto constraint validation failed";
/** How Envoy's text of a message begins. What follows is not stable on purpose. */
const DUMP = "goo.gle/debug";
/** Cut off or not. */
const PEM = /-----BEGIN [\s\S]*?(?:-----END [^-]*(?:-----|$)|$)/g;
const PEM_END = /-----END [^-]*(?:-----|$)/g;
const BEARER = /\b((?:bearer|basic|digest|negotiate)\s+)[^\s,;"'}\]]+/gi;
/** What a signed token begins with, for it is the text of a JSON object. */
const JWT = /\beyJ[\w-]+(?:\.[\w-]*){0,2}/g;
/** A line of PEM, or a longer key. */
const BASE64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{60,}=*/g;

function withoutDumps(reason: string): string {
  const rule = reason.lastIndexOf(RULE);
  const text = rule < 0 ? reason : ruleAt(reason, rule);
  const dump = text.indexOf(DUMP);
  return dump < 0 ? text : `${text.slice(0, dump)}[the resource is left out]`;
}

/** The rule and what is in its parentheses: some versions of Envoy have the resource before it, some behind it. */
function ruleAt(reason: string, start: number): string {
  let depth = 0;
  for (let at = start + RULE.length; at < reason.length; at++) {
    if (reason[at] === "(") depth++;
    else if (reason[at] === ")" && --depth === 0) return reason.slice(start, at + 1);
    else if (depth === 0 && reason[at] !== " ") return reason.slice(start, at);
  }
  return reason.slice(start);
}

function withoutPem(reason: string): string {
  const text = reason.replace(PEM, REDACTED);
  // The end of a key whose beginning was cut off.
  const end = [...text.matchAll(PEM_END)].at(-1);
  return end === undefined ? text : REDACTED + text.slice(end.index + end[0].length);
}
