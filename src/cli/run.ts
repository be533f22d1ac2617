import { BOOTSTRAP } from "./bootstrap.ts";
import { type Command, EXIT, type Io, UsageError } from "./command.ts";
import { SERVE } from "./serve.ts";
import { VALIDATE } from "./validate.ts";
import { VERSION } from "./version.ts";

/** The commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [SERVE, VALIDATE, BOOTSTRAP];

/** Runs a command line. @returns the exit code */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" && rest.length === 0 || name === "--help" || name === "-h") {
    io.out(help());
    return name === undefined ? EXIT.usage : EXIT.fine;
  }
  if (name === "--version" || name === "version") {
    io.out(VERSION);
    return EXIT.fine;
  }
  const wanted = name === "help" ? rest[0] : name;
  const command = COMMANDS.find((each) => each.name === wanted);
  if (command === undefined) {
    io.err(`Unknown command "${wanted}": it is one of ${COMMANDS.map((each) => each.name).join(", ")}`);
    return EXIT.usage;
  }
  if (name === "help" || rest.includes("--help") || rest.includes("-h")) {
    io.out(command.help);
    return EXIT.fine;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.err(`${error.message}\nSee xds ${command.name} --help`);
    return EXIT.usage;
  }
}

function help(): string {
  return `A control plane in one command: files in, a fleet of Envoys and gRPC clients configured.

Usage: xds <command> [options]

${COMMANDS.map(({ name, what }) => `  ${name.padEnd(11)}${what}`).join("\n")}
  help       shows how a command is used, as <command> --help does
  version    shows the version

Each option can be given by the environment: --log-level as XDS_LOG_LEVEL.
Exit codes: 0 all is well, 1 there are findings or something failed, 2 wrong usage.`;
}
