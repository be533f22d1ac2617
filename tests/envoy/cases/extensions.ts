import assert from "node:assert/strict";
import type { Any } from "@bufbuild/protobuf/wkt";
import { RBAC_Action } from "../../../gen/envoy/config/rbac/v3/rbac_pb.ts";
import { HeaderMutationSchema } from "../../../gen/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.ts";
import { RBACSchema } from "../../../gen/envoy/extensions/filters/http/rbac/v3/rbac_pb.ts";
import type { HttpFilter } from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { HttpFilterSchema } from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { create } from "@bufbuild/protobuf";
import type { Resource } from "../../../mod.ts";
import { extensionConfig, routerFilter, typedConfig } from "../../../src/v3/mod.ts";
import type { Case } from "../case.ts";
import { edsCluster, endpointAt, httpListener, routesOf, toCluster } from "../make.ts";
import { type Mode, sourceOf } from "../modes.ts";
import type { World } from "../world.ts";

/** The configuration of filters, by ECDS. */
export const EXTENSIONS: readonly Case[] = [{
  type: "ECDS",
  name: "a filter changes under load, and becomes another one",
  async run(world) {
    const { mode, upstreams } = world;
    world.publish([
      edsCluster(mode, "echo"),
      endpointAt("echo", upstreams.a.port),
      httpListener(mode, "http", { manager: { httpFilters: [discovered(mode), routerFilter()] } }),
      routesOf("http", "1", [toCluster("echo")]),
      filter(stamp("first")),
    ]);
    await world.startEnvoy();
    await meets(world, 200, "first");
    const load = world.load({ urls: [await world.url("http")] });
    for (const text of ["second", "third", "fourth"]) {
      world.change({ update: [filter(stamp(text))] });
      await meets(world, 200, text);
      await load.pass(5);
    }
    await load.stop();
    world.change({ update: [filter(refuse())] });
    await meets(world, 403, undefined);
    world.change({ update: [filter(stamp("last"))] });
    await meets(world, 200, "last");
  },
}];

const NAME = "discovered";

function discovered(mode: Mode): HttpFilter {
  return create(HttpFilterSchema, {
    name: NAME,
    configType: {
      case: "configDiscovery",
      value: { configSource: sourceOf(mode), typeUrls: [stamp("").typeUrl, refuse().typeUrl] },
    },
  });
}

function filter(config: Any): Resource {
  return extensionConfig({ name: NAME, typedConfig: config });
}

/** A filter that puts a text into each response. */
function stamp(text: string): Any {
  const append = { header: { key: "x-filter", value: text } };
  return typedConfig(HeaderMutationSchema, {
    mutations: { responseMutations: [{ action: { case: "append", value: append } }] },
  });
}

/** A filter that refuses all requests: it allows those that one of its policies allows, and has none. */
function refuse(): Any {
  return typedConfig(RBACSchema, { rules: { action: RBAC_Action.ALLOW } });
}

function meets(world: World, status: number, text: string | undefined): Promise<void> {
  return world.reach(`status ${status} with ${text}`, async () => {
    const response = await world.get("http");
    assert.deepEqual({ status: response.status, text: response.headers["x-filter"] }, { status, text });
  });
}
