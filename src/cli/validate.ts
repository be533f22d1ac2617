import { asPlacedProblem, compose, type PlacedProblem, resourcesIn, validatePlaced } from "../files/mod.ts";
import { FileLoader } from "../node/files/load.ts";
import { type Command, EXIT, type Io, numberOf, type Options, parse, textOf, UsageError } from "./command.ts";
import { printProblems } from "./print-problems.ts";

const OPTIONS: Options = {
  envoy: { type: "boolean" },
  "envoy-path": { type: "string" },
  json: { type: "boolean" },
  github: { type: "boolean" },
  "warnings-fail": { type: "boolean" },
  "max-file-mb": { type: "string" },
};

/** Looks at files without serving them. */
export const VALIDATE: Command = {
  name: "validate",
  what: "finds what is wrong in files, before anything is sent",
  help: `Finds what is wrong in files: how they are written, the rules of Envoy's API, references that lead nowhere.

Usage: xds validate [options] <directory or file>...

  --envoy              asks a real Envoy, too (envoy on the PATH)
  --envoy-path <path>  the Envoy to ask
  --json               prints the findings as JSON
  --github             prints the findings as annotations of GitHub's actions
  --warnings-fail      ends with 1 if there are warnings
  --max-file-mb <n>    the largest file (default: 32)

Exit codes: 0 nothing is wrong, 1 there are findings, 2 wrong usage.

Examples:
  xds validate config/
  xds validate --envoy --github envoy.yaml`,
  async run(args, io) {
    const { values, positionals } = parse(args, OPTIONS, io);
    if (positionals.length === 0) throw new UsageError("Expected a directory or a file");
    if (values["json"] && values["github"]) throw new UsageError("Expected --json or --github, not both");
    const envoy = textOf(values, "envoy-path") ?? (values["envoy"] ? "envoy" : undefined);
    const maxFileMb = numberOf(values, "max-file-mb", { min: 1 });
    const found = await problemsOf(positionals, { envoy, maxFileMb, io });
    const format = values["json"] ? "json" : values["github"] ? "github" : "text";
    if (found.problems.length > 0 || format === "json") io.out(printProblems(found.problems, format));
    const errors = found.problems.filter(({ severity }) => severity === "error").length;
    const warnings = found.problems.length - errors;
    io.err(
      `${count(found.files, "file")}, ${count(found.resources, "resource")}: ` +
        `${count(errors, "error")}, ${count(warnings, "warning")}`,
    );
    return errors > 0 || values["warnings-fail"] && warnings > 0 ? EXIT.findings : EXIT.fine;
  },
};

interface Found {
  readonly problems: readonly PlacedProblem[];
  readonly files: number;
  readonly resources: number;
}

async function problemsOf(
  paths: readonly string[],
  { envoy, maxFileMb = 32, io }: {
    readonly envoy: string | undefined;
    readonly maxFileMb?: number | undefined;
    readonly io: Io;
  },
): Promise<Found> {
  const loader = new FileLoader(paths, { environment: io.environment, maxFileBytes: maxFileMb * 1024 * 1024 });
  const { files, problems: unread } = await loader.load();
  const resources = files.reduce((sum, { content }) => sum + content.resources.length, 0);
  const counts = { files: files.length, resources };
  if (unread.length > 0) return { ...counts, problems: unread.map(asPlacedProblem) };
  const layers = files.flatMap(({ layer }) => layer.of === "all" ? [] : [{ [layer.of]: layer.name }]);
  const problems = new Map<string, PlacedProblem>();
  for (const client of [{}, ...layers]) {
    const composition = compose(files, client);
    const found = [...composition.problems.map(asPlacedProblem), ...validatePlaced(composition.resources)];
    for (const each of found) problems.set(JSON.stringify(each), each);
    if (envoy === undefined || found.some(({ severity }) => severity === "error")) continue;
    const { validateWithEnvoy } = await import("../node/envoy/mod.ts");
    const places = new Map(composition.resources.map((placed) => [placed.resource.name, placed]));
    for (const each of await validateWithEnvoy(resourcesIn(composition), { envoy })) {
      const place = places.get(each.resource)?.placeOf(each.path);
      problems.set(JSON.stringify(each), { ...each, ...place });
    }
  }
  return { ...counts, problems: [...problems.values()] };
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
