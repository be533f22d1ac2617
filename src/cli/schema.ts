import { jsonSchema } from "../files/mod.ts";
import { type Command, EXIT, parse, UsageError } from "./command.ts";

/** Prints the schema of the files. */
export const SCHEMA: Command = {
  help: `Prints a JSON Schema (draft 7) of what may stand in a file, with which editors complete and check it.

Usage: xds schema > xds.schema.json

The YAML extension of editors reads it where the first line of a file is
  # yaml-language-server: $schema=./xds.schema.json`,
  run(args, io) {
    const { positionals } = parse(args, {}, io);
    if (positionals.length > 0) throw new UsageError(`Unexpected "${positionals[0]}"`);
    io.out(JSON.stringify(jsonSchema()));
    return Promise.resolve(EXIT.fine);
  },
};
