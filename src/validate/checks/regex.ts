import { RegexMatchAndSubstituteSchema, RegexMatcherSchema } from "../../../gen/envoy/type/matcher/v3/regex_pb.ts";
import { RegexMatcherSchema as XdsRegexMatcherSchema } from "../../../gen/xds/type/matcher/v3/regex_pb.ts";
import { check } from "../check.ts";
import { regexError, regexGroups } from "../regex.ts";

/** Regular expressions are those of RE2. */
export const REGEX = [RegexMatcherSchema, XdsRegexMatcherSchema].map((schema) =>
  check(schema, "regex.syntax", ({ regex }, at) => {
    const reason = regexError(regex);
    if (reason === undefined) return;
    at.error({ path: "regex", message: `Must be a regular expression that RE2 takes: ${reason}`, value: regex });
  })
);

/** A substitution refers to groups that the pattern has. */
export const REGEX_SUBSTITUTION = check(RegexMatchAndSubstituteSchema, "regex.substitution", (rewrite, at) => {
  const groups = regexGroups(rewrite.pattern?.regex ?? "");
  for (const [, escaped] of rewrite.substitution.matchAll(/\\([^]?)/g)) {
    if (escaped === "\\" || groups === undefined || /[0-9]/.test(escaped!) && Number(escaped) <= groups) continue;
    at.warning({
      path: "substitution",
      message: `Must have a backslash before a backslash or a digit up to ${groups}, the number of groups, only`,
      value: rewrite.substitution,
    });
    return;
  }
});
