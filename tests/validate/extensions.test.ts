import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type Any, AnySchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { TypedExtensionConfigSchema } from "../../gen/envoy/config/core/v3/extension_pb.ts";
import type { FilterSchema } from "../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import { HttpConnectionManagerSchema } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { DownstreamTlsContextSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { type Resource, resource } from "../../mod.ts";
import { ads, listener, socketAddress, typedConfig } from "../../src/v3/mod.ts";
import { knownType } from "../../src/validate/known-types.ts";
import { type Problem, validate, type ValidateOptions } from "../../src/validate/mod.ts";

const HEADERS = "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation";
const CORS = "type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors";
const STRUCT = "type.googleapis.com/xds.type.v3.TypedStruct";
const anyOf = (typeUrl: string): Any => create(AnySchema, { typeUrl });
const extension = (typeUrl: string): Resource =>
  resource(TypedExtensionConfigSchema, { name: "extra", typedConfig: anyOf(typeUrl) });

function listenerWith(filter: Any, tls?: readonly string[]): Resource {
  const filters: MessageInitShape<typeof FilterSchema>[] = [{
    name: "http",
    configType: { case: "typedConfig", value: filter },
  }];
  const context = typedConfig(DownstreamTlsContextSchema, {
    commonTlsContext: { tlsParams: { cipherSuites: [...tls ?? []] } },
  });
  return listener({
    name: "edge",
    address: socketAddress("127.0.0.1", 80),
    filterChains: [{
      filters,
      ...tls && { transportSocket: { name: "tls", configType: { case: "typedConfig", value: context } } },
    }],
  });
}

const overEcds = (typeUrls: string[]): Resource =>
  listenerWith(typedConfig(HttpConnectionManagerSchema, {
    statPrefix: "a",
    httpFilters: [{
      name: "extra",
      configType: { case: "configDiscovery", value: { configSource: ads(), typeUrls } },
    }],
  }));

function found(rule: string, resources: Resource[], options?: ValidateOptions): Problem[] {
  return validate(resources, options).filter((each) => each.rule === rule);
}

describe("validate()", () => {
  it("finds an extension over ECDS of a type that its filter does not list", () => {
    expect(found("reference.extension", [overEcds([HEADERS]), extension(CORS)])).toMatchObject([{
      severity: "error",
      resource: "edge",
      message: "Must be the name of a TypedExtensionConfig of a type that type_urls has",
    }]);
    expect(found("reference.extension", [overEcds([HEADERS, CORS]), extension(CORS)])).toEqual([]);
  });

  it("takes an extension over ECDS in a TypedStruct for one of the type in it", () => {
    const wrapped = (typeUrl: string) => {
      const schema = knownType("xds.type.v3.TypedStruct")!;
      const value = toBinary(schema, create(schema, { typeUrl } as MessageInitShape<typeof schema>));
      return resource(TypedExtensionConfigSchema, { name: "extra", typedConfig: { typeUrl: STRUCT, value } });
    };
    expect(found("reference.extension", [overEcds([HEADERS]), wrapped(HEADERS)])).toEqual([]);
    expect(found("reference.extension", [overEcds([HEADERS]), wrapped(CORS)])).toHaveLength(1);
  });

  it("knows the messages that wrap one of another type", () => {
    expect(found("extension.type", [listenerWith(anyOf(STRUCT))])).toEqual([]);
    expect(found("extension.type", [listenerWith(anyOf(`${STRUCT}s`))])).toHaveLength(1);
  });

  it("finds extensions that the clients do not have, where the extensions are given", () => {
    const options = { extensions: [{ typeUrls: [HEADERS] }] };
    const path = "filter_chains[0].filters[0].typed_config";
    expect(found("extension.unknown", [listenerWith(anyOf(CORS))], options)).toMatchObject([{ path, value: CORS }]);
    expect(found("extension.unknown", [listenerWith(anyOf(HEADERS))], options)).toEqual([]);
  });

  it.each(["NOT-A-CIPHER", "[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-AES128-GMC-SHA256]", "-NONE"])(
    "warns of the cipher suite %s",
    (suite) => {
      expect(found("tls.cipher_suites", [listenerWith(anyOf(CORS), ["ALL", suite])])).toMatchObject([{
        severity: "warning",
        path: expect.stringMatching(/cipher_suites\[1\]$/),
      }]);
    },
  );

  it.each([
    "ECDHE-RSA-AES128-GCM-SHA256",
    "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]",
    "-ALL",
    "!3DES",
    "ECDHE+AES",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  ])("takes the cipher suite %s", (suite) => {
    expect(found("tls.cipher_suites", [listenerWith(anyOf(CORS), [suite])])).toEqual([]);
  });
});
