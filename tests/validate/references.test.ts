import { describe, expect, it } from "vitest";
import type { Resource } from "../../mod.ts";
import { validate } from "../../src/validate/mod.ts";
import { likelyName } from "../../src/validate/references/spelling.ts";
import { REFERENCES } from "../../src/validate/references/mod.ts";
import { ResourceFindings } from "../../src/validate/resource-findings.ts";
import { cluster, CLUSTER_TYPE, v3 } from "../../src/v3/mod.ts";
import { certificates } from "../envoy/certificates.ts";
import { edge } from "./mistakes/base.ts";
import { type Config, resourcesOf } from "./mistakes/json.ts";
import { edgeManagerOf, hostOf } from "./mistakes/mistake.ts";

const made = await certificates(2);

function problemsOf(change: (config: Config) => unknown, options?: Parameters<typeof validate>[1]): string[] {
  const config = structuredClone(edge(made));
  change(config);
  return validate(resourcesOf(config), options).map(({ resource, path, rule, value, hint }) => {
    return [resource, path, rule, value, hint].filter((each) => each !== undefined).join(" ");
  });
}

describe("references", () => {
  it("hold all names that the table of the API reads from the wire", () => {
    const findings = new ResourceFindings(REFERENCES);
    const references = (resource: Resource): Set<string> => {
      return new Set(findings.of(resource).references.map(({ typeUrl, name }) => `${typeUrl} ${name}`));
    };
    let compared = 0;
    for (const resource of resourcesOf(edge(made))) {
      const rows = v3.types.find(({ typeUrl }) => typeUrl === resource.typeUrl)?.references ?? [];
      for (const { typeUrl, namesIn, resends } of rows) {
        if (resends) continue;
        for (const name of namesIn(resource)) {
          expect(references(resource)).toContain(`${typeUrl} ${name}`);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThanOrEqual(15);
  });

  it("name the field, through what an Any holds, and the likely target", () => {
    expect(problemsOf((config) => edgeManagerOf(config).rds.route_config_name = "wbe")).toEqual([
      "edge filter_chains[0].filters[0].typed_config[type.googleapis.com/envoy.extensions.filters.network." +
      'http_connection_manager.v3.HttpConnectionManager].rds.route_config_name reference.route wbe Did you mean "web"?',
    ]);
  });

  it("of a name that several fields have are reported once", () => {
    const problems = problemsOf((config) => {
      for (const each of [2, 4]) hostOf(config).routes[each].route = { cluster: "elsewhere-altogether" };
    });
    expect(problems).toEqual(["web virtual_hosts[0].routes[2].route.cluster reference.cluster elsewhere-altogether"]);
  });

  it("to names that clients have from elsewhere are fine", () => {
    const change = (config: Config) => hostOf(config).routes[4].route.cluster = "static";
    expect(problemsOf(change)).toHaveLength(1);
    expect(problemsOf(change, { external: { [CLUSTER_TYPE]: ["static"] } })).toEqual([]);
  });

  it("are off by a rule, or by its family", () => {
    const change = (config: Config) => hostOf(config).routes[4].route.cluster = "nowhere";
    expect(problemsOf(change, { rules: { "reference.cluster": "off" } })).toEqual([]);
    expect(problemsOf(change, { rules: { reference: "off" } })).toEqual([]);
  });

  it("to a type of which there is no resource are warnings, since they may come from elsewhere", () => {
    const inline = resourcesOf({ ...edge(made), clusters: {}, endpoints: {} });
    const problems = validate(inline).filter(({ rule }) => rule === "reference.cluster");
    expect(new Set(problems.map(({ severity }) => severity))).toEqual(new Set(["warning"]));
  });
});

describe("extensions", () => {
  const usesTls = (): Resource[] => resourcesOf(edge(made));

  it("that no client has are errors if those of the clients are known", () => {
    const known = [{ typeUrls: ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"] }];
    const problems = validate(usesTls(), { extensions: known });
    expect(new Set(problems.map(({ severity, rule }) => `${severity} ${rule}`))).toEqual(
      new Set(["error extension.unknown"]),
    );
    expect(problems.some(({ value }) => value?.endsWith("TcpProxy"))).toBe(false);
  });

  it("of unknown types are warnings with the likely name", () => {
    const problems = validate([cluster({
      name: "a",
      connectTimeout: { seconds: 1n },
      transportSocket: {
        name: "tls",
        configType: {
          case: "typedConfig",
          value: {
            typeUrl: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContex",
            value: new Uint8Array(),
          },
        },
      },
    })]);
    expect(problems.find(({ rule }) => rule === "extension.type")).toMatchObject({
      severity: "warning",
      rule: "extension.type",
      hint: 'Did you mean "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"?',
    });
  });
});

describe("likelyName()", () => {
  it.each([
    ["wbe", ["api", "web"], "web"],
    ["aa", ["a"], "a"],
    ["web", ["api", "db"], undefined],
    ["x", ["y"], undefined],
    ["payments-v1", ["payments-v2", "payments"], "payments-v2"],
    ["a".repeat(200), ["a".repeat(199)], undefined],
  ])("of %s among %j is %s", (name, names, expected) => {
    expect(likelyName(name, names)).toBe(expected);
  });

  it("looks at a bounded number of names", () => {
    const names = [...Array.from({ length: 5_000 }, (_, i) => `other-${i}`), "web"];
    expect(likelyName("wbe", names)).toBeUndefined();
  });
});
