import {
  JwtAuthenticationSchema,
  type JwtProvider,
  JwtProviderSchema,
  JwtRequirementSchema,
  RequirementRuleSchema,
} from "../../../gen/envoy/extensions/filters/http/jwt_authn/v3/config_pb.ts";
import { check } from "../check.ts";

/** A requirement names a provider of the same filter. */
export const JWT_PROVIDER = check(JwtRequirementSchema, "jwt.provider", ({ requiresType: { case: is, value } }, at) => {
  const providers = at.around(JwtAuthenticationSchema)?.providers;
  const name = is === "providerName" ? value : is === "providerAndAudiences" ? value.providerName : undefined;
  if (name === undefined || providers === undefined || Object.hasOwn(providers, name)) return;
  at.error({
    path: is === "providerName" ? "provider_name" : "provider_and_audiences.provider_name",
    message: "Must be the name of one of the providers of the filter",
    value: name,
    hint: `They are ${Object.keys(providers).map((each) => `"${each}"`).join(", ")}`,
  });
});

/** A rule names a requirement of the same filter. */
export const JWT_REQUIREMENT = check(RequirementRuleSchema, "jwt.requirement", ({ requirementType }, at) => {
  const requirements = at.around(JwtAuthenticationSchema)?.requirementMap;
  const { case: is, value } = requirementType;
  if (is !== "requirementName" || requirements === undefined || Object.hasOwn(requirements, value)) return;
  at.error({ path: "requirement_name", message: "Must be the name of one in the requirement_map", value });
});

/** Keys in the configuration can be read. */
export const JWKS = check(JwtProviderSchema, "jwt.jwks", (provider, at) => {
  const text = inlineKeys(provider);
  if (text === undefined || isJwks(text)) return;
  at.error({ path: "local_jwks", message: 'Must be JSON with a list "keys", or keys as PEM' });
});

function inlineKeys({ jwksSourceSpecifier: { case: is, value } }: JwtProvider): string | undefined {
  if (is !== "localJwks") return undefined;
  const { case: kind, value: text } = value.specifier;
  return kind === "inlineString" ? text : kind === "inlineBytes" ? new TextDecoder().decode(text) : undefined;
}

function isJwks(text: string): boolean {
  if (text.trimStart().startsWith("-----BEGIN")) return true;
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) && keys.length > 0;
  } catch {
    return false;
  }
}
