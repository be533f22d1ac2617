import { likelyName } from "../resource/likely-name.ts";
import { type Command, EXIT, type Io, orRather, UsageError } from "./command.ts";
import { VERSION } from "./version.ts";

/** A command that is loaded when it is run: the types of Envoy's API take most of the time of a start. */
interface Entry {
  readonly name: string;
  /** What it does, in a line. */
  readonly what: string;
  readonly load: () => Promise<Command>;
}

/** The commands, in the order of the help. */
const COMMANDS: readonly Entry[] = [
  {
    name: "serve",
    what: "serves files, or what a store has, to Envoys and gRPC clients, and follows their changes",
    load: async () => (await import("./serve.ts")).SERVE,
  },
  {
    name: "publish",
    what: "publishes files to a store, from which replicas serve them",
    load: async () => (await import("./publish.ts")).PUBLISH,
  },
  {
    name: "validate",
    what: "finds what is wrong in files, before anything is sent",
    load: async () => (await import("./validate.ts")).VALIDATE,
  },
  {
    name: "bootstrap",
    what: "prints what an Envoy or a gRPC client starts with",
    load: async () => (await import("./bootstrap.ts")).BOOTSTRAP,
  },
  {
    name: "schema",
    what: "prints a JSON Schema of the files, for editors",
    load: async () => (await import("./schema.ts")).SCHEMA,
  },
];

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
  const entry = COMMANDS.find((each) => each.name === wanted);
  if (entry === undefined) {
    const names = COMMANDS.map((each) => each.name);
    io.err(`Unknown command "${wanted}": it is one of ${names.join(", ")}${orRather(likelyName(wanted ?? "", names))}`);
    return EXIT.usage;
  }
  const command = await entry.load();
  if (name === "help" || rest.includes("--help") || rest.includes("-h")) {
    io.out(command.help);
    return EXIT.fine;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.err(`${error.message}\nSee xds ${entry.name} --help`);
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
