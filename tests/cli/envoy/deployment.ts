import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../../..");
const VENV = join(ROOT, "node_modules/.cache/ts-control-plane/deployment");

/** A file of `examples/deploy`, what checks it, and mistakes in it that have to be found. */
interface Checked {
  readonly file: string;
  /** The arguments before the path. */
  readonly command: readonly [program: string, ...args: readonly string[]];
  readonly mistakes: readonly (readonly [from: string, to: string])[];
}

const COMPOSE = `
import sys, yaml
from compose_spec import ComposeSpecification
ComposeSpecification.model_validate(yaml.safe_load(open(sys.argv[1])))
`;

const CHECKED: readonly Checked[] = [
  {
    file: "kubernetes/xds.yaml",
    command: ["kubernetes-validate", "--strict"],
    mistakes: [["replicas: 2", "replicas: two"], ["containerPort:", "containerPorts:"], [
      "podSelector:",
      "podSelectors:",
    ]],
  },
  {
    file: "Dockerfile",
    command: ["hadolint"],
    mistakes: [["FROM node:24-alpine", "FROM node"], ["RUN npm", "RUM npm"]],
  },
  {
    file: "compose.yaml",
    command: ["python", "-c", COMPOSE],
    mistakes: [["ports:\n", "ports: 5\n"], ["service_completed_successfully", "service_done"]],
  },
];

/** The files of `examples/deploy` are what their readers take; those that read them say so. */
export async function checkDeployment(): Promise<void> {
  await checkBinary();
  await run("python3", ["-m", "venv", VENV]);
  const requirements = join(import.meta.dirname, "requirements.txt");
  await run(join(VENV, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  const folder = await mkdtemp(join(tmpdir(), "xds-deploy-"));
  try {
    for (const { file, command, mistakes } of CHECKED) {
      const text = await readFile(join(ROOT, "examples/deploy", file), "utf8");
      assert.equal(await complaint(command, { folder, file, text }), undefined);
      for (const [from, to] of mistakes) {
        assert.ok(text.includes(from), `${file} has no ${from}`);
        const wrong = text.replace(from, to);
        assert.notEqual(await complaint(command, { folder, file, text: wrong }), undefined, `${file}: ${to} is found`);
      }
      console.log(`examples/deploy/${file}: ${command[0]} accepts it, and refuses ${mistakes.length} mistakes`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is said of a text; undefined if it is accepted. */
async function complaint(
  [program, ...args]: Checked["command"],
  { folder, file, text }: { readonly folder: string; readonly file: string; readonly text: string },
): Promise<string | undefined> {
  const path = join(folder, file.replaceAll("/", "-"));
  await writeFile(path, text);
  try {
    await run(join(VENV, "bin", program), [...args, path]);
    return undefined;
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    // That it cannot be run is no complaint.
    if (typeof code !== "number") throw error;
    return stdout + stderr;
  }
}

/** What `deno compile` would make a binary of has every command in it. It would download its runtime. */
async function checkBinary(): Promise<void> {
  const text = await readFile(join(ROOT, "docs/xds-command.md"), "utf8");
  const [line, file] = /^deno compile .* (\S+)$/m.exec(text) ?? assert.fail("docs/xds-command.md has no deno compile");
  const help = (await run("deno", ["compile", "--help"])).stdout;
  // Those on permissions are in a table, some of them with a short name before.
  for (const [option] of line.matchAll(/--[a-z-]+/g)) assert.match(help, new RegExp(`${option}\\b`), option);
  const graph = await run("deno", ["info", "--json", file!], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const { modules } = JSON.parse(graph.stdout) as { modules: { specifier: string; error?: string }[] };
  assert.deepEqual(modules.filter(({ error }) => error !== undefined), []);
  const has = (path: string) => modules.some(({ specifier }) => specifier.endsWith(path));
  const commands = [
    ...(await readFile(join(ROOT, "src/cli/run.ts"), "utf8")).matchAll(/import\("\.(\/[\w-]+\.ts)"\)/g),
  ];
  const late = ["/src/node/envoy/mod.ts", "/gen/comments.ts", ...commands.map(([, path]) => `/src/cli${path}`)];
  assert.deepEqual(late.filter((path) => !has(path)), []);
  console.log(`deno compile: ${modules.length} modules, ${commands.length} commands`);
}
