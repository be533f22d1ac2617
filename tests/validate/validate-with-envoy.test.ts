import { describe, expect, it } from "vitest";
import type { Resource } from "../../mod.ts";
import { validateWithEnvoy } from "../../src/node/envoy/mod.ts";
import { cluster, endpoints, hostEndpoint, route, secret } from "../../src/v3/mod.ts";
import { fakeEnvoy } from "./fake-envoy.ts";

const local = (name: string): Resource =>
  cluster({
    name,
    connectTimeout: { seconds: 1n },
    loadAssignment: { clusterName: name, endpoints: [{ lbEndpoints: [hostEndpoint("127.0.0.1", 80)] }] },
  });
const KEY = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END PRIVATE KEY-----\n";
const KEYS = secret({
  name: "keys",
  type: {
    case: "tlsCertificate",
    value: { privateKey: { specifier: { case: "inlineString", value: KEY } } },
  },
});
/** A fake that rejects every bootstrap with one of these words in it, the first of them. */
const rejecting = (...words: string[]): string =>
  `for (const word of ${JSON.stringify(words)}) if (bootstrap.includes(word)) reject("Cannot use " + word);`;

describe("validateWithEnvoy()", () => {
  it("finds nothing in what Envoy accepts, and leaves no file behind", async () => {
    using envoy = fakeEnvoy("");
    expect(await validateWithEnvoy([local("accepted-1")], { envoy: envoy.path })).toEqual([]);
    expect(envoy.notes()).toEqual(["begin 600", "end"]);
    expect(envoy.folders()).toEqual([]);
  });

  it("finds each culprit among many by halving, and then the next", async () => {
    using envoy = fakeEnvoy(rejecting("culprit-a", "culprit-b"));
    const resources = [
      ...Array.from({ length: 30 }, (_, i) => local(`halved-${i}`)),
      local("culprit-a"),
      local("culprit-b"),
    ];
    const problems = await validateWithEnvoy(resources, { envoy: envoy.path });
    expect(problems.map(({ resource, rule, message }) => [resource, rule, message])).toEqual([
      ["culprit-a", "envoy", "Cannot use culprit-a"],
      ["culprit-b", "envoy", "Cannot use culprit-b"],
    ]);
    // Each takes log2(32) runs beside the one that shows it.
    expect(envoy.notes().filter((each) => each.startsWith("begin")).length).toBeLessThanOrEqual(2 * (1 + 5) + 1);
  });

  it("finds the culprit by its position where Envoy says it", async () => {
    using envoy = fakeEnvoy(`if (bootstrap.includes("placed-b")) reject(
      "goo.gle/debugproto dump" + ": Proto constraint validation failed (BootstrapValidationError.StaticResources: embedded " +
      "message failed validation | caused by StaticResourcesValidationError.Clusters[1]: embedded message failed validation " +
      "| caused by ClusterValidationError.Name: too long)");`);
    const problems = await validateWithEnvoy(["a", "b", "c"].map((name) => local(`placed-${name}`)), {
      envoy: envoy.path,
    });
    expect(problems).toMatchObject([{ resource: "placed-b", message: "ClusterValidationError.Name: too long" }]);
    expect(envoy.notes()).toHaveLength(4);
  });

  it("finds the endpoints, and not the cluster that they are rendered into", async () => {
    using envoy = fakeEnvoy(rejecting("10.9.8.7"));
    const eds = cluster({
      name: "eds",
      clusterDiscoveryType: { case: "type", value: 3 },
      edsClusterConfig: { edsConfig: { configSourceSpecifier: { case: "ads", value: {} } } },
    });
    const hosts = endpoints({ clusterName: "eds", endpoints: [{ lbEndpoints: [hostEndpoint("10.9.8.7", 80)] }] });
    const problems = await validateWithEnvoy([eds, hosts], { envoy: envoy.path });
    expect(problems.map(({ typeUrl, resource }) => [typeUrl, resource])).toEqual([[hosts.typeUrl, "eds"]]);
  });

  it("stops after maxProblems", async () => {
    using envoy = fakeEnvoy(rejecting("limited-a", "limited-b"));
    const resources = [local("limited-a"), local("limited-b")];
    expect(await validateWithEnvoy(resources, { envoy: envoy.path, maxProblems: 1 })).toHaveLength(1);
  });

  it("does not run Envoy again for the same content", async () => {
    using envoy = fakeEnvoy(rejecting("cached"));
    const first = await validateWithEnvoy([local("cached")], { envoy: envoy.path });
    const runs = envoy.notes().length;
    expect(await validateWithEnvoy([local("cached")], { envoy: envoy.path })).toEqual(first);
    expect(envoy.notes()).toHaveLength(runs);
  });

  it("runs one Envoy at a time", async () => {
    using envoy = fakeEnvoy("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);");
    await Promise.all(
      ["x", "y", "z"].map((name) => validateWithEnvoy([local(`queued-${name}`)], { envoy: envoy.path })),
    );
    const order = envoy.notes().map((each) => each.split(" ")[0]);
    expect(order).toEqual(["begin", "end", "begin", "end", "begin", "end"]);
  });

  it("ends an Envoy that takes too long, and leaves no file behind", async () => {
    using envoy = fakeEnvoy("setInterval(() => {}, 1000); return;");
    const late = validateWithEnvoy([local("late")], { envoy: envoy.path, timeoutMs: 500 });
    await expect(late).rejects.toThrow(/takes longer than 500 ms/);
    expect(envoy.folders()).toEqual([]);
  });

  it("ends the Envoy that runs when it is aborted", async () => {
    using envoy = fakeEnvoy("setInterval(() => {}, 1000); return;");
    const abort = new AbortController();
    const aborted = validateWithEnvoy([local("aborted")], { envoy: envoy.path, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 300);
    await expect(aborted).rejects.toThrow("enough");
    expect(envoy.folders()).toEqual([]);
  });

  it("says that Envoy cannot be run, or has crashed", async () => {
    await expect(validateWithEnvoy([local("missing")], { envoy: "/nowhere/envoy" })).rejects.toThrow(
      /^Cannot run \/nowhere\/envoy: it does not exist; give the path of an Envoy as the option `envoy`$/,
    );
    const file = import.meta.filename;
    await expect(validateWithEnvoy([local("no-program")], { envoy: file })).rejects.toThrow(/it cannot be executed/);
    using envoy = fakeEnvoy('process.kill(process.pid, "SIGSEGV");');
    await expect(validateWithEnvoy([local("crashed")], { envoy: envoy.path })).rejects.toThrow(/it ended with SIGSEGV/);
  });

  it("redacts keys in what Envoy says", async () => {
    using envoy = fakeEnvoy(
      `if (bootstrap.includes("c2VjcmV0")) reject("Cannot load c2VjcmV0c2VjcmV0 of\\n" + ${JSON.stringify(KEY)});`,
    );
    const [problem] = await validateWithEnvoy([KEYS], { envoy: envoy.path });
    expect(problem).toMatchObject({ resource: "keys" });
    expect(JSON.stringify(problem)).not.toMatch(/c2VjcmV0|PRIVATE KEY/);
  });

  it("has routes that no listener uses looked at", async () => {
    using envoy = fakeEnvoy(rejecting("unused-host"));
    const routes = route({ name: "unused", virtualHosts: [{ name: "unused-host", domains: ["*"] }] });
    expect(await validateWithEnvoy([routes], { envoy: envoy.path })).toMatchObject([{ resource: "unused" }]);
  });
});
