import { apiComments, jsonSchema } from "../files/mod.ts";
import { type Command, EXIT, type Options, parse, UsageError } from "./command.ts";

const OPTIONS: Options = { "no-comments": { type: "boolean" } };

/** Prints the schema of the files. */
export const SCHEMA: Command = {
  help: `Prints a JSON Schema (draft 7) of what may stand in a file, with which editors complete and check it.

Usage: xds schema [options] > xds.schema.json

  --no-comments           without the comments of Envoy's API, which editors show: half the size

The YAML extension of editors reads it where the first line of a file is
  # yaml-language-server: $schema=./xds.schema.json`,
  async run(args, io) {
    const { values, positionals } = parse(args, OPTIONS, io);
    if (positionals.length > 0) throw new UsageError(`Unexpected "${positionals[0]}"`);
    const schema = values["no-comments"] === true ? jsonSchema() : jsonSchema({ comments: await apiComments() });
    io.out(JSON.stringify(schema));
    return EXIT.fine;
  },
};
