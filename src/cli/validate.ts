import { asPlacedProblem, type PlacedProblem } from "../files/mod.ts";
import { LayeredFiles, validatorOf } from "../node/files/layered-files.ts";
import { FileLoader } from "../node/files/load.ts";
import { isError } from "../node/files/publication.ts";
import type { ValidateOptions } from "../validate/mod.ts";
import { type Command, EXIT, type Io, type Options, parse, textOf, UsageError } from "./command.ts";
import { FILE_HELP, FILE_OPTIONS, maxFileBytesOf, validateOptionsOf } from "./file-options.ts";
import { count, printProblems, problemLine } from "./print-problems.ts";

const OPTIONS: Options = {
  envoy: { type: "boolean" },
  "envoy-path": { type: "string" },
  json: { type: "boolean" },
  github: { type: "boolean" },
  "warnings-fail": { type: "boolean" },
  ...FILE_OPTIONS,
};

/** Looks at files without serving them. */
export const VALIDATE: Command = {
  help: `Finds what is wrong in files: how they are written, the rules of Envoy's API, references that lead nowhere.

Usage: xds validate [options] <directory or file>...

  --envoy                 has a real Envoy validate them, too (envoy on the PATH)
  --envoy-path <path>     the same with this Envoy
  --json                  prints the findings as JSON
  --github                prints the findings as annotations of GitHub's actions
  --warnings-fail         ends with 1 if there are warnings
${FILE_HELP}

Exit codes: 0 nothing is wrong, 1 there are findings, 2 wrong usage.

Examples:
  xds validate config/
  xds validate --envoy --github envoy.yaml`,
  async run(args, io) {
    const { values, positionals } = parse(args, OPTIONS, io);
    if (positionals.length === 0) throw new UsageError("Expected a directory or a file");
    if (values["json"] && values["github"]) throw new UsageError("Expected --json or --github, not both");
    const envoy = textOf(values, "envoy-path") ?? (values["envoy"] ? "envoy" : undefined);
    const found = await problemsOf(positionals, {
      envoy,
      environment: io.environment,
      maxFileBytes: maxFileBytesOf(values),
      validate: validateOptionsOf(values),
    });
    const format = values["json"] ? "json" : values["github"] ? "github" : "text";
    if (found.problems.length > 0 || format === "json") io.out(printProblems(found.problems, format));
    const errors = found.problems.filter(isError).length;
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

interface Reading {
  readonly envoy: string | undefined;
  readonly environment: Io["environment"];
  readonly maxFileBytes: number;
  readonly validate: ValidateOptions;
}

async function problemsOf(
  paths: readonly string[],
  { envoy, environment, maxFileBytes, validate }: Reading,
): Promise<Found> {
  const { files, problems: unread } = await new FileLoader(paths, { environment, maxFileBytes }).load();
  const layered = new LayeredFiles(files, validatorOf(validate));
  const counts = { files: layered.fileCount, resources: layered.resourceCount };
  if (unread.length > 0) return { ...counts, problems: unread.map(asPlacedProblem) };
  const problems = layered.problemsOf();
  // Envoy's first error is one of these, and hides the others.
  if (envoy === undefined || problems.some(isError)) return { ...counts, problems };
  let verdicts: readonly PlacedProblem[];
  try {
    verdicts = await verdictsOf(envoy, layered, validate);
  } catch (error) {
    const message = (error as Error).message.replace("the option `envoy`", "--envoy-path");
    verdicts = [{ severity: "error", rule: "envoy", path: "", message }];
  }
  return { ...counts, problems: [...problems, ...verdicts] };
}

async function verdictsOf(envoy: string, files: LayeredFiles, { external }: ValidateOptions): Promise<PlacedProblem[]> {
  const { validateWithEnvoy } = await import("../node/envoy/mod.ts");
  const found = new Map<string, PlacedProblem>();
  for (const layers of files.layers()) {
    const { resources } = files.compose(layers);
    const places = new Map(resources.map((each) => [`${each.resource.typeUrl}\n${each.resource.name}`, each.place]));
    const verdicts = await validateWithEnvoy(resources.map((each) => each.resource), {
      envoy,
      ...external && { external },
    });
    for (const { typeUrl, ...problem } of verdicts) {
      const placed = { ...places.get(`${typeUrl}\n${problem.resource}`), ...problem };
      found.set(problemLine(placed), placed);
    }
  }
  return [...found.values()];
}
