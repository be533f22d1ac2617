import { setTimeout as sleep } from "node:timers/promises";
import { asPlacedProblem, type PlacedProblem } from "../files/mod.ts";
import { LayeredFiles, validatorOf } from "../node/files/layered-files.ts";
import { FileLoader } from "../node/files/load.ts";
import { isError } from "../node/files/publication.ts";
import { RevisionConflict, type SnapshotStore } from "../store/mod.ts";
import { type Command, EXIT, type Io, numberOf, type Options, parse, UsageError, type Values } from "./command.ts";
import { FILE_HELP, FILE_OPTIONS, maxFileBytesOf, validateOptionsOf } from "./file-options.ts";
import { count, logLine, printProblems } from "./print-problems.ts";
import { type Contents, contentsOf, layersIn } from "./store/contents.ts";
import { differenceLines } from "./store/difference.ts";
import { errorText } from "./store/error-text.ts";
import { openStore } from "./store/open-store.ts";
import { type PlannedKey, planOf } from "./store/plan.ts";
import { STORE_HELP, STORE_OPTIONS, type StorePlace, storePlaceOf } from "./store/store-options.ts";

const OPTIONS: Options = {
  "dry-run": { type: "boolean" },
  diff: { type: "boolean" },
  "allow-removals": { type: "boolean" },
  "if-revision": { type: "string" },
  ...STORE_OPTIONS,
  ...FILE_OPTIONS,
};

/** Publishes files to a store. */
export const PUBLISH: Command = {
  help: `Publishes files to a store, from which replicas serve them: xds serve --store.

Usage: xds publish --store <address> [options] <directory or file>...

  --dry-run               writes nothing, and says what would be written
  --diff                  lists what is added (+), changed (~) and removed (-), by type and name
  --allow-removals        publishes though more than half of the resources of a key are removed
  --if-revision <n>       publishes only if the key has this revision, 0 for none; not for files with layers
${STORE_HELP}
${FILE_HELP}

The files are read and validated as xds validate does; with an error nothing is published. What is for all clients has
the key itself. Files below nodes/<id>/ and clusters/<cluster>/ are published with it under keys below that one, such as
default/nodes/edge-1, which xds serve --store gives to these clients. Each key appears whole or not at all. Content
that was replaced is deleted.

Environment: each option as XDS_<NAME>, such as XDS_STORE; XDS_STORE_PASSWORD and XDS_STORE_TOKEN.

Exit codes: 0 it is published, or was already, or would be (--dry-run, with or without changes), 1 the files have errors,
too much would be removed, a conflict, or the store cannot be used, 2 wrong usage.

Examples:
  xds publish --store nats://nats-1:4222,nats://nats-2:4222 config/
  xds publish --store tls://nats-1:4222 --store-creds writer.creds --key edge --dry-run --diff config/
  xds publish --store file:/var/lib/xds config/`,
  async run(args, io) {
    const { values, positionals } = parse(args, OPTIONS, io);
    if (positionals.length === 0) throw new UsageError("Expected a directory or a file to publish");
    const place = storePlaceOf(values, io);
    if (place === undefined) throw new UsageError("Expected --store, such as --store nats://127.0.0.1:4222");
    const options = { ...optionsOf(values), ...place };
    const files = await readFiles(positionals, values, io);
    if (files === undefined) return EXIT.findings;
    const layers = layersIn(files).length;
    if (layers > MAX_KEYS) {
      io.err(`The layers make ${layers} keys, of at most ${MAX_KEYS}: one for each node with each cluster`);
      return EXIT.findings;
    }
    if (options.ifRevision !== undefined && layers > 1) {
      throw new UsageError("The option --if-revision is for one key, and the files have layers, which make several");
    }
    let store: SnapshotStore | undefined;
    try {
      store = await openStore(place, { create: !options.isDryRun });
      return await publishFiles(files, store, { ...options, io });
    } catch (error) {
      io.err(errorText(error));
      return EXIT.findings;
    } finally {
      await store?.close();
    }
  },
};

/** A key for each; each is compared with what the store has. */
const MAX_KEYS = 10_000;

/** How files are published. */
export interface PublishingOptions extends Pick<StorePlace, "key" | "name"> {
  readonly isDryRun: boolean;
  readonly hasDiff: boolean;
  readonly allowsRemovals: boolean;
  readonly ifRevision: number | undefined;
}

function optionsOf(values: Values): Omit<PublishingOptions, "key" | "name"> {
  return {
    isDryRun: values["dry-run"] === true,
    hasDiff: values["diff"] === true,
    allowsRemovals: values["allow-removals"] === true,
    ifRevision: numberOf(values, "if-revision"),
  };
}

/** @returns undefined if they have errors; all problems are printed as `xds validate` does */
async function readFiles(paths: readonly string[], values: Values, io: Io): Promise<LayeredFiles | undefined> {
  const options = { environment: io.environment, maxFileBytes: maxFileBytesOf(values) };
  const validate = validateOptionsOf(values);
  const { files, problems: unread } = await new FileLoader(paths, options).load();
  const layered = new LayeredFiles(files, validatorOf(validate));
  const problems: readonly PlacedProblem[] = unread.length > 0 ? unread.map(asPlacedProblem) : layered.problemsOf();
  if (problems.length > 0) io.out(printProblems(problems, "text"));
  const errors = problems.filter(isError).length;
  io.err(
    `${count(layered.fileCount, "file")}, ${count(layered.resourceCount, "resource")}: ` +
      `${count(errors, "error")}, ${count(problems.length - errors, "warning")}`,
  );
  if (errors === 0) return layered;
  io.err("The files have errors: nothing is published");
  return undefined;
}

/** Publishes files to a store, and prints what became of them. @returns the exit code */
export async function publishFiles(
  files: LayeredFiles,
  store: SnapshotStore,
  options: PublishingOptions & { readonly io: Io },
): Promise<number> {
  const { key, io, isDryRun, hasDiff, allowsRemovals, ifRevision } = options;
  const { snapshots, withheld } = contentsOf(files, key);
  if (withheld.length > 0) io.err(withheldLine(withheld));
  for (let attempt = 0;; attempt++) {
    const plan = await planOf(snapshots, store, key);
    const found = plan.find((each) => each.key === key)!.revision;
    if (ifRevision !== undefined && ifRevision !== found) {
      io.err(`"${key}" has the revision ${found}, not ${ifRevision}: nothing is published`);
      return EXIT.findings;
    }
    const tooMany = allowsRemovals ? [] : plan.filter(({ difference: { removed, of } }) => removed.length > of / 2);
    if (isDryRun || tooMany.length > 0) {
      for (const planned of plan) report(planned, { io, hasDiff, revision: undefined });
      for (const { key, difference: { removed, of } } of tooMany) {
        io.err(`"${key}" would lose ${removed.length} of ${of} resources: if that is meant, use --allow-removals`);
      }
      io.err(tooMany.length > 0 ? "Nothing is published" : "Nothing is published: it was a dry run");
      return tooMany.length > 0 ? EXIT.findings : EXIT.fine;
    }
    try {
      let values = 0;
      for (const planned of plan) {
        const { key, after, revision: ifRevision } = planned;
        const { revision, written } = after === undefined
          ? await store.clear(key, { ifRevision })
          : await store.publish(key, after, { ifRevision });
        values += written.values;
        report(planned, { io, hasDiff, revision });
      }
      if (values > 0) await collect(store, io);
      return EXIT.fine;
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      if (ifRevision !== undefined || attempt >= MAX_ATTEMPTS) {
        io.err(`Another writer has published meanwhile: ${error.message}`);
        return EXIT.findings;
      }
      // What is removed and what the diff shows is decided anew, for what the other writer has published.
      await sleep(Math.random() * Math.min(5 * 2 ** attempt, 500));
    }
  }
}

const MAX_ATTEMPTS = 50;

/** What was replaced would fill the store, since no other command looks after it. */
async function collect(store: SnapshotStore, io: Io): Promise<void> {
  try {
    await store.collect();
  } catch (error) {
    io.err(`It is published, but what it has replaced could not be deleted: ${errorText(error)}`);
  }
}

/** Each node has a layer that is right with that of one cluster, and there may be many others. */
function withheldLine(withheld: Contents["withheld"]): string {
  const [{ layers: { node, cluster }, error }] = withheld as [Contents["withheld"][number]];
  const client = `node ${JSON.stringify(node)} ${
    cluster === undefined ? "in no cluster with layers" : `in cluster ${JSON.stringify(cluster)}`
  }`;
  const others = withheld.length === 1 ? "" : ` and ${withheld.length - 1} more`;
  return `Not for ${client}${others}, whose layers are wrong together: it keeps what it has. ${logLine(error)}`;
}

function report(
  { key, after, isWithheld, revision: before, difference }: PlannedKey,
  { io, hasDiff, revision }: { readonly io: Io; readonly hasDiff: boolean; readonly revision: number | undefined },
): void {
  const { added, changed, removed } = difference;
  const changes = added.length + changed.length + removed.length === 0
    ? "unchanged"
    : `${added.length} added, ${changed.length} changed, ${removed.length} removed`;
  const what = after === undefined
    ? `is removed, and for its clients ${changes}`
    : isWithheld
    ? "stays as it was"
    : changes;
  io.out(`${key}: ${what}; revision ${revision ?? before}`);
  if (hasDiff) { for (const line of differenceLines(difference)) io.out(line); }
}
