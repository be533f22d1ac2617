import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLUSTER, Folder, xds } from "./xds.ts";

let folder: Folder;

beforeEach(() => {
  folder = new Folder();
});

afterEach(() => folder[Symbol.dispose]());

describe("secrets", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  // Any line of it is too much.
  const canaries = [
    ...key.split("\n").filter((line) => line !== "" && !line.startsWith("-----")),
    "s3cr3t-of-a-variable",
  ];
  const secret = (more: string, inline = "${file:key.pem}") => `
"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret
name: s
tls_certificate:
  certificate_chain: { inline_string: "\${TOKEN}" }
  private_key:
    inline_string: ${inline}
${more}`;

  it.each([
    ["an error beside it", secret("  privat_key: {}\n")],
    ["an error within it", secret("    inline_strin: ${file:key.pem}\n")],
    ["a key where an object belongs", secret("  password: ${file:key.pem}\n")],
    ["a key where a list belongs", secret("  signed_certificate_timestamp: ${file:key.pem}\n")],
    ["a key for an enum", `${CLUSTER}type: \${file:key.pem}\n`],
    ["a key for a duration", `${CLUSTER}connect_timeout: \${file:key.pem}\n`],
    ["a key for a type", `"@type": "\${file:key.pem}"\n`],
    ["a key in YAML that is not", secret("", `"${key.replaceAll("\n", "\\n")}\n`)],
    ["a key without quotes", secret("", key)],
    ["a key as a key", `${CLUSTER}? |\n  ${key.replaceAll("\n", "\n  ")}\n: 1\n`],
    ["a variable for an enum", `${CLUSTER}type: \${TOKEN}\n`],
    ["a variable that breaks a rule", `${CLUSTER}lrs_report_endpoint_metrics: ["\${TOKEN}"]\nconnect_timeout: -1s\n`],
  ])("appear in no output: %s", async (_, text) => {
    folder.write("key.pem", key);
    folder.write("a.yaml", text);
    const environment = { TOKEN: "s3cr3t-of-a-variable" };
    for (
      const args of [
        ["validate"],
        ["validate", "--json"],
        ["validate", "--github"],
        ["serve", "--log-level=debug"],
        ["serve", "--log-level=debug", "--log-format=json"],
      ]
    ) {
      const { code, all } = await xds([...args, folder.root], environment);
      expect(code).toBe(1);
      for (const canary of canaries) expect(all).not.toContain(canary);
    }
  });
});
