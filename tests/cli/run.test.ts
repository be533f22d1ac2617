import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.ts";
import { readDocument } from "../../src/files/mod.ts";
import { CLUSTER, Folder, xds } from "./xds.ts";

let folder: Folder;

beforeEach(() => {
  folder = new Folder();
});

afterEach(() => folder[Symbol.dispose]());

const FINE = `${CLUSTER}type: ORIGINAL_DST\nlb_policy: CLUSTER_PROVIDED\n`;

describe("xds", () => {
  it("shows its commands without arguments, as wrong usage, and by --help", async () => {
    const bare = await xds([]);
    const help = await xds(["--help"]);
    expect([bare.code, help.code]).toEqual([2, 0]);
    expect(help.out).toBe(bare.out);
    for (const name of ["serve", "publish", "validate", "bootstrap", "schema"]) {
      expect(help.out).toContain(`  ${name} `);
      const own = await xds([name, "--help"]);
      expect(own.code).toBe(0);
      expect(own.out).toContain(`Usage: xds ${name}`);
      expect(await xds(["help", name])).toEqual(own);
    }
  });

  it("shows the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    expect(await xds(["--version"])).toMatchObject({ code: 0, out: version });
  });

  it.each([
    [
      ["sreve"],
      'Unknown command "sreve": it is one of serve, publish, validate, bootstrap, schema; did you mean serve?',
    ],
    [["serve"], "Expected a directory or a file to serve, or --store\nSee xds serve --help"],
    [["serve", "x", "--prot", "1"], "Unknown option --prot; did you mean --port?\nSee xds serve --help"],
    [["serve", "x", "--zzzzzzzz"], "Unknown option --zzzzzzzz\n"],
    [["serve", "-p", "1", "x"], "Unknown option -p\n"],
    [["serve", "x", "--port", "http"], '--port must be a whole number from 0 to 65535, not "http"'],
    [["serve", "x", "--port", "70000"], "--port must be a whole number from 0 to 65535"],
    [["serve", "x", "--tls-cert", "a"], "TLS needs both --tls-cert and --tls-key"],
    [["serve", "x", "--tls-client-ca", "a"], "--tls-client-ca needs --tls-cert and --tls-key"],
    [["serve", "x", "--log-level", "all"], '--log-level must be debug, info, warn, error, not "all"'],
    [["serve", "x", "--missing", "no"], '--missing must be error, warning, off, not "no"'],
    [["validate"], "Expected a directory or a file"],
    [["validate", "x", "--json", "--github"], "Expected --json or --github, not both"],
    [["bootstrap", "x"], 'Unexpected "x"'],
    [["bootstrap", "--sotw", "--grpc"], "Expected one of --sotw and --grpc"],
    [["bootstrap", "--server", "x"], 'Cannot use the server "x"'],
    [["bootstrap", "--tls-cert", "x"], "TLS needs --tls-ca"],
    [["bootstrap", "--tls-ca", "a", "--tls-cert", "x"], "A certificate needs both --tls-cert and --tls-key"],
    [["bootstrap", "--grpc", "--tls-ca", "a", "--tls-server-name", "x"], "--tls-server-name is not for a gRPC client"],
    [["bootstrap", "--grpc", "--admin-port", "1"], "--admin-port is not for a gRPC client"],
    [["schema", "x"], 'Unexpected "x"'],
  ])("ends with 2 for %j", async (args, says) => {
    const { code, out, err } = await xds(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(says);
  });

  it("reads options from the environment, below those of the command line", async () => {
    const environment = { XDS_NODE: "n1", XDS_ADMIN_PORT: "7", XDS_SOTW: "true" };
    const node = async (...args: readonly string[]) => {
      return JSON.parse((await xds(["bootstrap", ...args], environment)).out) as Record<string, unknown>;
    };
    const made = await node();
    expect(made["node"]).toMatchObject({ id: "n1" });
    expect(JSON.stringify(made)).toContain('"api_type":"GRPC"');
    expect(made["admin"]).toMatchObject({ address: { socket_address: { port_value: 7 } } });
    expect((await node("--node", "n2"))["node"]).toMatchObject({ id: "n2" });
    const wrong = await xds(["bootstrap"], { XDS_GRPC: "perhaps" });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("XDS_GRPC must be true or false") });
  });
});

describe("xds bootstrap", () => {
  it.each([[], ["--sotw"], ["--rest"], ["--tls-ca", "ca.pem", "--tls-cert", "a.pem", "--tls-key", "a.key"]])(
    "prints what is read as a bootstrap: %j",
    async (...args) => {
      const { code, out } = await xds(["bootstrap", "--node", "n", ...args]);
      expect(code).toBe(0);
      expect(readDocument(out, { format: "json" }).problems).toEqual([]);
    },
  );

  it("prints what a gRPC client starts with", async () => {
    const { out } = await xds(["bootstrap", "--grpc", "--server", "xds.example.com:443", "--node", "c"]);
    expect(JSON.parse(out)).toMatchObject({ xds_servers: [{ server_uri: "xds.example.com:443" }], node: { id: "c" } });
  });
});

describe("xds schema", () => {
  it("prints a JSON Schema", async () => {
    const { code, out } = await xds(["schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ $schema: "http://json-schema.org/draft-07/schema#" });
    expect(out).toContain("Supplies the name of the cluster");
    const bare = await xds(["schema", "--no-comments"]);
    expect(bare.out).not.toContain("Supplies the name");
    expect(bare.out.length).toBeLessThan(out.length / 2);
  });
});

describe("xds validate", () => {
  it("ends with 0 where nothing is wrong", async () => {
    folder.write("a.yaml", FINE);
    expect(await xds(["validate", folder.root])).toEqual({
      code: 0,
      out: "",
      err: "1 file, 1 resource: 0 errors, 0 warnings",
      all: "1 file, 1 resource: 0 errors, 0 warnings",
    });
  });

  it("ends with 1, and says where and what is wrong", async () => {
    const path = folder.write("a.yaml", `${CLUSTER}typ: EDS\n`);
    const { code, out, err } = await xds(["validate", path]);
    expect(code).toBe(1);
    expect(out).toBe(
      `${path}:3:1 error typ: Unknown field "typ" of envoy.config.cluster.v3.Cluster [document]; did you mean "type"?`,
    );
    expect(err).toBe("1 file, 0 resources: 1 error, 0 warnings");
  });

  it("prints JSON", async () => {
    folder.write("a.yaml", `${CLUSTER}typ: EDS\n`);
    const found = JSON.parse((await xds(["validate", "--json", folder.root])).out);
    expect(found).toMatchObject([{ severity: "error", line: 3, column: 1, path: "typ", rule: "document" }]);
    folder.write("a.yaml", FINE);
    expect((await xds(["validate", "--json", folder.root])).out).toBe("[]");
  });

  it("prints annotations of GitHub's actions, in which nothing ends the line or a property", async () => {
    folder.write("a%,b:.yaml", `${FINE}alt_stat_name: 1\n`);
    const { out } = await xds(["validate", "--github", folder.root]);
    expect(out).toMatch(/^::error file=[^,:]*a%25%2Cb%3A\.yaml,line=5,col=16,title=document::alt_stat_name: Expected/);
    expect(out.split("\n")).toHaveLength(1);
  });

  it("ends with 0 with warnings, and with 1 by --warnings-fail", async () => {
    folder.write("a.yaml", CLUSTER);
    expect(await xds(["validate", folder.root])).toMatchObject({ code: 0, out: expect.stringContaining(" warning") });
    expect(await xds(["validate", "--warnings-fail", folder.root])).toMatchObject({ code: 1 });
  });

  it("says that an Envoy cannot be run", async () => {
    folder.write("a.yaml", FINE);
    const { code, out } = await xds(["validate", "--envoy-path", join(folder.root, "none"), folder.root]);
    expect(code).toBe(1);
    expect(out).toMatch(/^error: Cannot run .*none: it does not exist; give the path of an Envoy as --envoy-path/);
    expect(out.split("\n")).toHaveLength(1);
  });

  it("takes clusters of the clients' bootstraps for granted", async () => {
    folder.write(
      "a.yaml",
      `"@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
name: a
virtual_hosts: [{ name: a, domains: [a], routes: [{ match: { prefix: / }, route: { cluster: b } }] }]
`,
    );
    expect(await xds(["validate", folder.root])).toMatchObject({
      code: 1,
      out: expect.stringContaining("[reference.cluster]"),
    });
    expect(await xds(["validate", "--static-cluster", "b", folder.root])).toMatchObject({ code: 0 });
    expect(await xds(["validate", "--missing", "warning", folder.root])).toMatchObject({ code: 0 });
    expect(await xds(["validate", folder.root], { XDS_STATIC_CLUSTER: "c,b" })).toMatchObject({ code: 0 });
  });
});

describe("xds validate of layers", () => {
  const routes = (cluster: string) =>
    `"@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
name: r
virtual_hosts: [{ name: a, domains: [a], routes: [{ match: { prefix: / }, route: { cluster: ${cluster} } }] }]
`;
  const cluster = (name: string) => FINE.replace("name: a", `name: ${name}`);

  it("takes a node that refers to what one of the clusters has, and says which clients lack something", async () => {
    for (const layer of ["clusters/east", "clusters/west", "nodes"]) {
      mkdirSync(join(folder.root, layer), { recursive: true });
    }
    folder.write("a.yaml", cluster("for-all"));
    folder.write("clusters/east/a.yaml", cluster("east"));
    folder.write("clusters/west/a.yaml", cluster("west"));
    const path = folder.write("nodes/n%2F1.yaml", routes("west"));
    expect(await xds(["validate", folder.root])).toMatchObject({ code: 0, out: "" });
    folder.write("nodes/n%2F1.yaml", routes("north"));
    const { code, out } = await xds(["validate", folder.root]);
    expect(code).toBe(1);
    expect(out).toMatch(/^\S+:3:\d+ error virtual_hosts/);
    expect(out).toContain(path);
    expect(out).toContain(
      'Must be the name of a Cluster that exists, not north for clients of node "n/1" [reference.cluster]',
    );
    const annotation = (await xds(["validate", "--github", folder.root])).out;
    expect(annotation).toContain('not north for clients of node "n/1"');
    const [problem] = JSON.parse((await xds(["validate", "--json", folder.root])).out);
    expect(problem.layers).toEqual({ node: "n/1" });
  });
});

describe("xds serve", () => {
  it("ends with 1 if files have errors at the start, and says so once", async () => {
    const path = folder.write("a.yaml", "hello: world\n");
    const { code, err } = await xds(["serve", "--port", "0", folder.root]);
    expect(code).toBe(1);
    expect(err.split("\n").map((line) => line.slice("2000-01-01T00:00:00.000Z ".length))).toEqual([
      `error ${path}:1:1: Expected a resource with "@type", a list of these, "resources", a bootstrap or a config dump [document]`,
      "error The files have errors: nothing is served; correct them and start again",
    ]);
  });

  it("logs lines of JSON, with the fields of a problem beside the message", async () => {
    const path = folder.write("a.yaml", `${CLUSTER}typ: EDS\n`);
    const { err } = await xds(["serve", "--log-format", "json", folder.root]);
    const [problem, last] = err.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(problem).toMatchObject({
      level: "error",
      message: expect.stringContaining(`${path}:3:1 typ:`),
      file: path,
      line: 3,
      path: "typ",
      problem: expect.stringContaining("Unknown field"),
      hint: 'did you mean "type"?',
    });
    expect(last).toMatchObject({ level: "error", time: expect.stringMatching(/Z$/) });
  });

  it("ends with 1 if it cannot listen", async () => {
    folder.write("a.yaml", FINE);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const { code, err } = await xds(["serve", "--port", String(port), folder.root]);
    taken.close();
    expect(code).toBe(1);
    expect(err).toContain(`Cannot listen on 127.0.0.1:${port}: the port is in use`);
  });

  it("ends with 1 without the files of TLS, and says which one it lacks", async () => {
    folder.write("a.yaml", FINE);
    const { code, err } = await xds(["serve", "--tls-cert", "none.crt", "--tls-key", "none.key", folder.root]);
    expect(code).toBe(1);
    expect(err).toMatch(/ error Cannot use the files of TLS: .*none\.(crt|key)/);
  });

  it("ends with 0 by a signal that comes while it reports that it serves", async () => {
    folder.write("a.yaml", FINE);
    const before = process.listenerCount("SIGTERM");
    const lines: string[] = [];
    const err = (line: string) => {
      lines.push(line);
      if (line.includes("Serves xDS on")) process.emit("SIGTERM", "SIGTERM");
    };
    const code = await run(["serve", "--port", "0", folder.root], {
      out: (text) => lines.push(text),
      err,
      environment: {},
    });
    expect(code).toBe(0);
    expect(lines.at(-1)).toContain("SIGTERM: clients have 10 s to leave");
    expect(process.listenerCount("SIGTERM")).toBe(before);
  });

  it("ends with 1 rather than to serve secrets to a network in clear", async () => {
    folder.write("a.yaml", FINE);
    const { code, err } = await xds(["serve", "--host", "0.0.0.0", "--port", "0", folder.root]);
    expect(code).toBe(1);
    expect(err).toMatch(/--insecure/);
  });
});
