import { create } from "@bufbuild/protobuf";
import { type Any, AnySchema } from "@bufbuild/protobuf/wkt";
import { HeaderMutationSchema } from "../../../gen/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.ts";
import { RBACSchema } from "../../../gen/envoy/extensions/filters/http/rbac/v3/rbac_pb.ts";
import { HttpFilterSchema } from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import {
  EXTENSION_CONFIG_TYPE,
  extensionConfig,
  httpConnectionManager,
  routerFilter,
  typedConfig,
} from "../../../src/v3/mod.ts";
import { edsCluster, endpointAt, toCluster } from "../make.ts";
import { sourceOf } from "../modes.ts";
import { chainListeners } from "./chains.ts";
import { markersOf } from "./markers.ts";
import type { MakeSubject } from "./subject.ts";

/** Filters: their marker is a header that they put into responses. */
export const isolatedExtensions: MakeSubject = (world) => {
  const filter = (name: string) =>
    create(HttpFilterSchema, {
      name,
      configType: {
        case: "configDiscovery",
        value: { configSource: sourceOf(world.mode), typeUrls: [stamp("").typeUrl, BAD_REGEX.typeUrl] },
      },
    });
  const chain = (name: string) => ({
    filters: [httpConnectionManager({
      httpFilters: [filter(name), routerFilter()],
      routeSpecifier: {
        case: "routeConfig",
        value: { virtualHosts: [{ name: "all", domains: ["*"], routes: [toCluster("echo")] }] },
      },
    })],
  });
  const of = (name: string, config: Any) => extensionConfig({ name, typedConfig: config });
  return {
    typeUrl: EXTENSION_CONFIG_TYPE,
    around: (names) => [
      edsCluster(world.mode, "echo"),
      endpointAt("echo", world.upstreams.a.port),
      ...chainListeners(names, chain),
    ],
    good: (name, marker) => of(name, stamp(marker)),
    ways: [
      { name: "rule of the API", bad: (name, marker) => of(name, stamp(marker, "")) },
      { name: "bad regex", isAckedLater: true, bad: (name) => of(name, BAD_REGEX) },
      { name: "type that is not expected", bad: (name) => of(name, routerConfig()) },
      {
        name: "unreadable Any",
        bad: (name) => of(name, create(AnySchema, { typeUrl: stamp("").typeUrl, value: Uint8Array.of(0xff, 0xff) })),
      },
    ],
    markers: () =>
      markersOf<EcdsFilter>(world, "ecds_filters", ({ ecds_filter: { name, typed_config } }) => {
        return [name, typed_config.mutations?.response_mutations[0]?.append.header.value ?? "none"];
      }),
  };
};

interface EcdsFilter {
  readonly ecds_filter: {
    readonly name: string;
    readonly typed_config: {
      readonly mutations?: {
        readonly response_mutations: readonly { readonly append: { readonly header: { readonly value: string } } }[];
      };
    };
  };
}

function stamp(value: string, key = "x-filter"): Any {
  return typedConfig(HeaderMutationSchema, {
    mutations: { responseMutations: [{ action: { case: "append", value: { header: { key, value } } } }] },
  });
}

const BAD_REGEX = typedConfig(RBACSchema, {
  rules: {
    policies: {
      all: {
        permissions: [{ rule: { case: "any", value: true } }],
        principals: [{
          identifier: {
            case: "header",
            value: {
              name: "x",
              headerMatchSpecifier: {
                case: "stringMatch",
                value: { matchPattern: { case: "safeRegex", value: { regex: "(" } } },
              },
            },
          },
        }],
      },
    },
  },
});

function routerConfig(): Any {
  const { configType: { value } } = routerFilter();
  return value as Any;
}
