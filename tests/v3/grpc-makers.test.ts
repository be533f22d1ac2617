import { fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.ts";
import { ListenerSchema } from "../../gen/envoy/config/listener/v3/listener_pb.ts";
import { HttpConnectionManagerSchema } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { type Resource, Snapshot } from "../../mod.ts";
import { ads, apiListener, endpoints, hostEndpoint, listener, locality } from "../../src/v3/mod.ts";

const rds = { case: "rds", value: { routeConfigName: "echo-routes", configSource: ads() } } as const;

describe("apiListener", () => {
  it("has the router as its filter by default", () => {
    const echo = listener({ name: "echo", apiListener: apiListener({ routeSpecifier: rds }) });
    expect(managerOf(echo).httpFilters.map(({ name }) => name)).toEqual(["envoy.filters.http.router"]);
    expect(managerOf(echo).routeSpecifier).toMatchObject(rds);

    const own = apiListener({ routeSpecifier: rds, httpFilters: [{ name: "own" }] });
    expect(managerOf(listener({ name: "echo", apiListener: own })).httpFilters.map(({ name }) => name)).toEqual([
      "own",
    ]);
  });

  it("has a reference to its routes, as any listener", () => {
    const echo = listener({ name: "echo", apiListener: apiListener({ routeSpecifier: rds }) });
    const [problem] = new Snapshot({ resources: [echo] }).check();
    expect(problem).toMatchObject({ kind: "missing", name: "echo" });
  });
});

describe("locality", () => {
  it("has a name and a weight, since gRPC clients need both", () => {
    const hosts = [hostEndpoint("127.0.0.1", 8080)];
    const [usual, far] = localitiesOf(
      endpoints({
        clusterName: "a",
        endpoints: [locality(hosts), locality(hosts, { zone: "z", weight: 3, priority: 1 })],
      }),
    );
    expect(usual).toMatchObject({ locality: { region: "", zone: "" }, loadBalancingWeight: 1, priority: 0 });
    expect(far).toMatchObject({ locality: { zone: "z" }, loadBalancingWeight: 3, priority: 1 });
    expect(far!.lbEndpoints).toHaveLength(1);
  });
});

function managerOf({ bytes }: Resource): MessageShape<typeof HttpConnectionManagerSchema> {
  const { apiListener } = fromBinary(ListenerSchema, bytes);
  return anyUnpack(apiListener!.apiListener!, HttpConnectionManagerSchema)!;
}

function localitiesOf({ bytes }: Resource) {
  return fromBinary(ClusterLoadAssignmentSchema, bytes).endpoints;
}
