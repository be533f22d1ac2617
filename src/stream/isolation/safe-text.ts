/**
 * A client's reason without what may be secret. Envoy puts the whole text of a resource that breaks a rule into its
 * reason, the private key of a `Secret` included; of that only the rule that was broken is left.
 */
export function safeText(reason: string): string {
  let text = withoutDumps(reason);
  text = text.replace(PEM, REDACTED);
  return text.replace(SENSITIVE_FIELD, (_, name: string) => `${name}${REDACTED}`);
}

const REDACTED = "[redacted]";
const RULE = "Proto constraint validation failed";
/** How Envoy's text of a message begins. What follows is not stable on purpose. */
const DUMP = "goo.gle/debug";
/** Cut off or not. */
const PEM = /-----BEGIN [\s\S]*?(?:-----END [^-]*(?:-----|$)|$)/g;
/** A field that holds keys or passwords in any message of Envoy's, in protobuf's text or in JSON. */
const SENSITIVE_FIELD =
  /((?:inline_?string|inline_?bytes|private_?key|password|passphrase|secret|token|credentials?|authorization)"?\s*[:=]\s*)(?:"(?:[^"\\]|\\[\s\S])*(?:"|$)|'[^']*(?:'|$)|[^\s,;"'}]+)/gi;

function withoutDumps(reason: string): string {
  const rule = reason.lastIndexOf(RULE);
  if (rule >= 0) return ruleAt(reason, rule);
  const dump = reason.indexOf(DUMP);
  return dump < 0 ? reason : `${reason.slice(0, dump)}[the resource is left out]`;
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
