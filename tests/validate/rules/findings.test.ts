import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { ApiConfigSourceSchema } from "../../../gen/envoy/config/core/v3/config_source_pb.ts";
import { RouteConfigurationSchema } from "../../../gen/envoy/config/route/v3/route_pb.ts";
import { RateLimitSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { GenericSecretSchema, SecretSchema } from "../../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { checkRules } from "../../../src/validate/rules/check-rules.ts";
import { planOf } from "../../../src/validate/rules/message-plan.ts";
import { isSensitive } from "../../../src/validate/rules/sensitive.ts";
import { hasChecks } from "../../../src/validate/rules/reachable.ts";
import { allTypes } from "../../differential/rules/all-types.ts";
import { inventoryOf } from "../../differential/rules/inventory.ts";
import { StringKindsSchema } from "../../differential/validate-all/kinds/kinds_pb.ts";

describe("checkRules()", () => {
  it("says where, which rule, what is expected and what the value is", () => {
    const route = { match: { pathSpecifier: { case: "pathSeparatedPrefix", value: "/a/" } as const } };
    const message = create(RouteConfigurationSchema, {
      virtualHosts: [{
        name: "v",
        domains: ["*"],
        routes: [{ ...route, action: { case: "nonForwardingAction", value: {} } }],
      }],
    });
    const expected = [{
      severity: "error",
      path: "virtual_hosts[0].routes[0].match.path_separated_prefix",
      rule: "string.pattern",
      message: "Must match ^[^?#]+[^?#/]$",
      value: '"/a/"',
    }];
    expect(checkRules(RouteConfigurationSchema, message)).toEqual(expected);
    expect(checkRules(RouteConfigurationSchema, toBinary(RouteConfigurationSchema, message))).toEqual(expected);
  });

  it("names some of the members of a oneof that has to be set", () => {
    const found = checkRules(
      RouteConfigurationSchema,
      create(RouteConfigurationSchema, {
        virtualHosts: [{
          name: "v",
          domains: ["*"],
          routes: [{ match: {}, action: { case: "nonForwardingAction", value: {} } }],
        }],
      }),
    );
    expect(found).toMatchObject([{
      path: "virtual_hosts[0].routes[0].match.path_specifier",
      rule: "oneof.required",
      message: expect.stringMatching(/^Must have one of prefix, path, safe_regex, /),
    }]);
    expect(found[0]).not.toHaveProperty("value");
  });

  it("shortens long values, and no pair of surrogates in two", () => {
    const [found] = checkRules(
      StringKindsSchema,
      create(StringKindsSchema, { const: `${"a".repeat(79)}💡${"b".repeat(999)}` }),
    );
    expect(found).toMatchObject({ path: "const", value: `"${"a".repeat(79)}"…` });
  });

  it("does not show the values of sensitive fields, nor what is in them, nor their keys", () => {
    const canary = "s3cret-canary";
    const secrets = { [canary]: { specifier: { case: "environmentVariable", value: "" } as const } };
    const password = { specifier: { case: "inlineString", value: "" } as const };
    const found = [
      ...checkRules(GenericSecretSchema, create(GenericSecretSchema, { secrets, secret: password })),
      ...checkRules(
        SecretSchema,
        create(SecretSchema, {
          type: {
            case: "tlsCertificate",
            value: {
              privateKeyProvider: {
                providerName: "",
                configType: {
                  case: "typedConfig",
                  value: anyPack(StringKindsSchema, create(StringKindsSchema, { const: canary })),
                },
              },
            },
          },
        }),
      ),
    ];
    expect(found.map(({ path, value }) => [path, value])).toEqual([
      ["secrets[[redacted]].environment_variable", "[redacted]"],
      ["tls_certificate.private_key_provider.provider_name", '""'],
    ]);
    expect(JSON.stringify(found)).not.toContain(canary);
  });

  it("does not show the value of a header, which may be a token", () => {
    const responseHeadersToAdd = [{ header: { key: "authorization", value: "s3cret-canary\n" } }];
    const found = checkRules(RouteConfigurationSchema, create(RouteConfigurationSchema, { responseHeadersToAdd }));
    expect(found).toMatchObject([{ path: "response_headers_to_add[0].header.value", value: "[redacted]" }]);
  });

  it("names fields for all that it does not show, and fields that exist", async () => {
    const types = await allTypes();
    const shown = [...types.values()].flatMap(({ fields }) => fields.filter(isSensitive)).map(String);
    expect(shown.length).toBeGreaterThan(30);
    for (
      const name of [
        "HeaderValue.value",
        "HeaderValue.raw_value",
        "DataSource.inline_string",
        "DataSource.inline_bytes",
      ]
    ) {
      expect(shown).toContain(`field envoy.config.core.v3.${name}`);
    }
    expect(shown).toContain("field envoy.config.core.v3.QueryParameter.value");
  });

  it("warns of deprecated fields that are set", () => {
    const route = { clusterSpecifier: { case: "cluster", value: "a" }, internalRedirectAction: 1 } as const;
    const action = { case: "route", value: route } as const;
    const match = { pathSpecifier: { case: "prefix", value: "/" } } as const;
    const found = checkRules(
      RouteConfigurationSchema,
      create(RouteConfigurationSchema, {
        virtualHosts: [{ name: "v", domains: ["*"], routes: [{ match, action }] }],
      }),
    );
    expect(found).toEqual([{
      severity: "warning",
      path: "virtual_hosts[0].routes[0].route.internal_redirect_action",
      rule: "deprecated.field",
      message: "Must not be used for long, deprecated since version 3.0 of Envoy's API",
      value: "HANDLE_INTERNAL_REDIRECT",
    }]);
  });

  it("finds what Envoy disallows by default, in fields and in the values of enums", () => {
    const source = checkRules(ApiConfigSourceSchema, create(ApiConfigSourceSchema));
    expect(source).toMatchObject([{ severity: "error", path: "api_type", rule: "disallowed.value" }]);
    const dynamicMetadata = {
      descriptorKey: "a",
      metadataKey: { key: "a", path: [{ segment: { case: "key", value: "a" } as const }] },
    };
    const actionSpecifier = { case: "dynamicMetadata", value: dynamicMetadata } as const;
    const limit = checkRules(RateLimitSchema, create(RateLimitSchema, { actions: [{ actionSpecifier }] }));
    expect(limit).toMatchObject([{ severity: "error", path: "actions[0].dynamic_metadata", rule: "disallowed.field" }]);
    expect(limit[0]!.hint).toMatch(/runtime/);
  });
});

describe("the generated API", () => {
  it("has rules, of which each can be compiled", async () => {
    const types = [...(await allTypes()).values()];
    for (const each of types) planOf(each);
    const rules = inventoryOf(types);
    // Were the options lost when gen/ is generated, nothing would be found in any message.
    expect(rules.length).toBeGreaterThan(1_400);
    expect(types.filter(hasChecks).length).toBeGreaterThan(900);
    expect(types.filter(hasChecks).length).toBeLessThan(types.length);
    expect(planOf(ClusterSchema)).toBe(planOf(ClusterSchema));
  });
});
