import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { run } from "../../src/cli/run.ts";

const ROOT = join(import.meta.dirname, "../..");
const text = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** Files of others that have command lines of `xds` in them. */
const FILES = [
  "docs/xds-command.md",
  "docs/replicas.md",
  "examples/deploy/Dockerfile",
  "examples/deploy/compose.yaml",
  "examples/deploy/xds.service",
  "examples/deploy/kubernetes/xds.yaml",
];

async function helpOf(command: string): Promise<string> {
  const out: string[] = [];
  const code = await run([command, "--help"], { out: (line) => out.push(line), err: () => {}, environment: {} });
  expect(code, `xds ${command} is a command`).toBe(0);
  return out.join("\n");
}

describe("examples/deploy", () => {
  it("uses commands and options that exist", async () => {
    let count = 0;
    for (const file of FILES) {
      // `xds serve --health …`, `["serve", "--health", …]`; names of other things are followed by no word of a command.
      for (
        const [line, command] of text(file).matchAll(
          /(?:\bxds |\[")(serve|publish|validate|bootstrap|schema)\b[^\n`|>]*/g,
        )
      ) {
        const help = await helpOf(command!);
        for (const [option] of line.matchAll(/--[a-z][a-z-]*/g)) expect(help, `${file}: ${line}`).toContain(option);
        count++;
      }
      for (const [, name] of text(file).replaceAll("XDS_VERSION", "").matchAll(/\bXDS_([A-Z_]+)\b/g)) {
        const option = `--${name!.toLowerCase().replaceAll("_", "-")}`;
        expect(await helpOf("serve"), `${file}: XDS_${name}`).toContain(option);
      }
    }
    expect(count).toBeGreaterThan(8);
  });

  it("has an image of this version", () => {
    const { version } = JSON.parse(text("package.json"));
    expect(text("examples/deploy/Dockerfile")).toContain(`ARG XDS_VERSION=${version}\n`);
    expect(text("examples/deploy/kubernetes/xds.yaml")).toContain(`/xds:${version}\n`);
  });

  it("has manifests of Kubernetes that belong together", () => {
    const documents = parseAllDocuments(text("examples/deploy/kubernetes/xds.yaml"), { uniqueKeys: true });
    const manifests = documents.map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS();
    });
    expect(manifests.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name])).toEqual([
      ["apps/v1", "Deployment", "xds"],
      ["v1", "Service", "xds"],
      ["policy/v1", "PodDisruptionBudget", "xds"],
      ["networking.k8s.io/v1", "NetworkPolicy", "xds"],
    ]);
    const [deployment, service, budget, network] = manifests;
    const { labels } = deployment.spec.template.metadata;
    const selectors = [
      deployment.spec.selector.matchLabels,
      service.spec.selector,
      budget.spec.selector.matchLabels,
      network.spec.podSelector.matchLabels,
    ];
    for (const selector of selectors) expect(labels).toMatchObject(selector);
    const { containers: [container], volumes } = deployment.spec.template.spec;
    const [mount] = container.volumeMounts;
    expect(volumes.map(({ name }: { readonly name: string }) => name)).toContain(mount.name);
    expect(container.args).toContain(mount.mountPath);
    // With it Kubernetes does not update what is mounted.
    expect(mount).not.toHaveProperty("subPath");
    const ports = [container.ports[0].containerPort, container.readinessProbe.grpc.port, service.spec.ports[0].port];
    expect(new Set(ports)).toEqual(new Set([18000]));
  });

  it("has a compose file whose parts exist", () => {
    const [document] = parseAllDocuments(text("examples/deploy/compose.yaml"));
    expect(document!.errors).toEqual([]);
    const { services, volumes } = document!.toJS();
    for (const service of Object.values<Record<string, never>>(services)) {
      for (const name of Object.keys(service["depends_on"] ?? {})) expect(services).toHaveProperty(name);
      for (const volume of service["volumes"] ?? [] as string[]) {
        const [source] = String(volume).split(":");
        if (source!.startsWith("..")) {
          expect(readdirSync(join(ROOT, "examples/deploy", source!))).toContain("routes.yaml");
        } else expect(volumes).toHaveProperty(source!);
      }
    }
    const used = new Set(
      [...text("examples/files/app.yaml") + text("examples/files/listener.yaml")].join("").match(/\w+_(?=HOST:-)/g),
    );
    for (const name of used) expect(services.xds.environment).toHaveProperty(`${name}HOST`);
    expect(used.size).toBe(2);
  });
});
