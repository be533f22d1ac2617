import { describe, expect, it } from "vitest";
import { clusterEndpoints, dnsCluster, edsCluster, HealthStatus, type Host, staticCluster } from "../../src/v3/mod.ts";
import { jsonOf } from "./json-of.ts";

describe("a host", () => {
  it.each<[Host, string, number]>([
    ["10.0.0.1:8080", "10.0.0.1", 8080],
    ["[::1]:80", "::1", 80],
    ["[2001:db8::a]:65535", "2001:db8::a", 65_535],
    [{ address: "255.255.255.255", port: 1 }, "255.255.255.255", 1],
    [{ address: "::ffff:10.0.0.1", port: 1 }, "::ffff:10.0.0.1", 1],
  ])("%j is read", (host, address, portValue) => {
    expect(hostsIn([host])).toEqual([{ endpoint: { address: { socketAddress: { address, portValue } } } }]);
  });

  it.each<[Host, RegExp]>([
    ["10.0.0.1", /^Cannot read the host "10.0.0.1" of "a": write "address:port", such as "10.0.0.1:8080"$/],
    ["10.0.0.1:", /write "address:port"/],
    [":80", /write "address:port"/],
    ["", /write "address:port"/],
    ["10.0.0.1:http", /write "address:port"/],
    ["10.0.0.1:080", /write "address:port"/],
    ["10.0.0.1.1:80", /clients accept IP addresses only/],
    ["010.0.0.1:80", /clients accept IP addresses only/],
    [
      { address: "10.0.0.1:80", port: 80 },
      /the address of host "10.0.0.1:80" of "a": clients accept IP addresses only/,
    ],
    [{ address: "", port: 80 }, /^Cannot use the address of host "" of "a"/],
    ["::1:80", /an IPv6 address has brackets: "\[::1\]:8080"/],
    ["http://10.0.0.1:80", /leave out the scheme and the path/],
    ["10.0.0.1:0", /Cannot use port 0 of host "10.0.0.1:0" of "a": it must be a whole number from 1 to 65,535/],
    ["10.0.0.1:65536", /Cannot use port 65536/],
    [{ address: "10.0.0.1" } as Host, /Cannot use port undefined of host "10.0.0.1"/],
    [{ address: "10.0.0.1", port: "80" as never }, /Cannot use port 80 of host "10.0.0.1"/],
    [
      "localhost:80",
      /^Cannot use the address of host "localhost:80" of "a": clients accept IP addresses only here; use dnsCluster\(\)/,
    ],
    ["10.0.0.256:80", /clients accept IP addresses only/],
    ["10.0.0.1.2:80", /clients accept IP addresses only/],
    ["10.0.0:80", /clients accept IP addresses only/],
    ["[:::]:80", /clients accept IP addresses only/],
    [
      { address: "10.0.0.1", port: 80, weight: 0 },
      /Cannot use 0 as the weight of host "10.0.0.1" of "a": .* set its health to/,
    ],
    [{ address: "10.0.0.1", port: 80, weight: 1.5 }, /Cannot use 1.5 as the weight/],
    [{ address: "10.0.0.1", port: 80, priority: -1 }, /Cannot use -1 as a priority/],
    [{ address: "10.0.0.1", port: 80, locality: { weight: -1 } }, /Cannot use -1 as the weight of locality ""/],
  ])("%j is an error that says what to write", (host, message) => {
    expect(() => clusterEndpoints("a", [host])).toThrow(message);
  });

  it("is a name only where it is resolved", () => {
    for (const host of ["localhost:80", "a-b_c.example.com:80", "example.com.:80", "10.0.0.1:80"]) {
      expect(() => dnsCluster("a", [host])).not.toThrow();
    }
    expect(() => staticCluster("a", ["localhost:80"])).toThrow(/use dnsCluster/);
    expect(() => dnsCluster("a", ["a b:80"])).toThrow(/neither an IP address nor a name/);
  });

  it("stands in a list, and once in it", () => {
    expect(() => edsCluster("a", "10.0.0.1:80" as never)).toThrow(
      'Cannot use "10.0.0.1:80" as hosts of "a": give a list, ["10.0.0.1:80"]',
    );
    const twice = ["10.0.0.1:80", { address: "10.0.0.1", port: 80, priority: 1 }];
    expect(() => clusterEndpoints("a", twice)).toThrow(/"10.0.0.1", port 80, twice in "a": clients of gRPC reject/);
    expect(() => clusterEndpoints("a", [{ address: "::1", port: 80 }, "[::1]:80"])).toThrow(/"::1", port 80, twice in/);
    const many = Array.from({ length: 40 }, (_, i) => `10.0.0.${i}:80`);
    for (const again of [0, 15, 16, 39]) {
      expect(() => clusterEndpoints("a", [...many, many[again]!])).toThrow(`"10.0.0.${again}", port 80, twice in "a"`);
    }
    expect(() => clusterEndpoints("a", [...many, "10.0.0.1:81"])).not.toThrow();
  });

  it("is quoted as it was given, which shows a text that was taken apart", () => {
    expect(() => edsCluster("shop", "10.0.0.1".split("") as string[])).toThrow('Cannot read the host "1" of "shop"');
    expect(() => edsCluster("shop", ["blog.internal:80"])).toThrow('the address of host "blog.internal:80" of "shop"');
  });

  it("has a weight, a health, a hostname and metadata", () => {
    const metadata = { "envoy.lb": { canary: true } };
    const host = { address: "10.0.0.1", port: 80, weight: 5, health: HealthStatus.DRAINING, hostname: "h", metadata };
    expect(hostsIn([host])[0]).toMatchObject({
      endpoint: { hostname: "h" },
      loadBalancingWeight: 5,
      healthStatus: "DRAINING",
      metadata: { filterMetadata: metadata },
    });
  });
});

describe("the hosts of a cluster", () => {
  it("are none", () => {
    expect(jsonOf(clusterEndpoints("a", []))).toEqual({ clusterName: "a" });
  });

  it("are grouped by priority and locality, which has the sum of their weights", () => {
    const hosts = [
      at(1, { locality: "eu/eu-1/x" }),
      at(2, { locality: { region: "eu", zone: "eu-2" }, weight: 4 }),
      at(3, { locality: "eu/eu-1/x", weight: 2 }),
      at(4, {}),
      at(5, { locality: { region: "eu", weight: 9 } }),
      at(6, { locality: "eu" }),
      at(7, { locality: "eu/eu-1/x", priority: 1 }),
    ];
    expect(groupsIn(hosts)).toEqual([
      ["eu/eu-1/x", 0, 3, [1, 3]],
      ["eu/eu-2/", 0, 4, [2]],
      ["//", 0, 1, [4]],
      ["eu//", 0, 9, [5, 6]],
      ["eu/eu-1/x", 1, 1, [7]],
    ]);
  });

  it.each([
    [[0, 1, 2], [0, 1, 2]],
    [[3, 1, 3], [0, 1, 1]],
    [[128], [0]],
    [[7, 0, 128], [0, 1, 2]],
  ])("have priorities without gaps: %j", (given, expected) => {
    const hosts = given.map((priority, i) => at(i + 1, { priority, locality: `${i}` }));
    expect(groupsIn(hosts).map(([, priority]) => priority)).toEqual(expected);
  });

  it("have one weight of a locality", () => {
    const of = (weight: number) => ({ locality: { region: "eu", zone: "1", weight } });
    expect(groupsIn([at(1, of(2)), at(2, of(2))])).toEqual([["eu/1/", 0, 2, [1, 2]]]);
    expect(() => clusterEndpoints("a", [at(1, of(2)), at(2, of(3))])).toThrow(
      'Cannot use two weights of locality "eu/1", 2 and 3: give each of its hosts the same',
    );
  });

  it("take every other field of the message, a version and a ttl", () => {
    const resource = clusterEndpoints("a", ["10.0.0.1:80"], {
      policy: { overprovisioningFactor: 100 },
      resource: { version: "1", ttlMs: 500 },
    });
    expect(jsonOf(resource).policy).toEqual({ overprovisioningFactor: 100 });
    expect([resource.version, resource.ttlMs]).toEqual(["1", 500]);
  });
});

function at<T extends object>(port: number, more: T): { address: string; port: number } & T {
  return { address: "10.0.0.1", port, ...more };
}

function hostsIn(hosts: readonly Host[]) {
  return jsonOf(clusterEndpoints("a", hosts)).endpoints[0].lbEndpoints;
}

interface Group {
  readonly locality: { readonly region?: string; readonly zone?: string; readonly subZone?: string };
  readonly loadBalancingWeight: number;
  readonly priority?: number;
  readonly lbEndpoints: {
    readonly endpoint: { readonly address: { readonly socketAddress: { portValue: number } } };
  }[];
}

function groupsIn(hosts: readonly Host[]): [locality: string, priority: number, weight: number, ports: number[]][] {
  const groups: Group[] = jsonOf(clusterEndpoints("a", hosts)).endpoints;
  return groups.map(({ locality: { region = "", zone = "", subZone = "" }, ...group }) => {
    const ports = group.lbEndpoints.map(({ endpoint }) => endpoint.address.socketAddress.portValue);
    return [`${region}/${zone}/${subZone}`, group.priority ?? 0, group.loadBalancingWeight, ports];
  });
}
