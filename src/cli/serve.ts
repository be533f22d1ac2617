import process from "node:process";
import { listen, type Listener, type ListenOptions } from "../node/mod.ts";
import { type FilesCache, filesCache, FilesError, type FilesPublication } from "../node/files/mod.ts";
import { createDiscoveryServer, type Logger } from "../server/mod.ts";
import { v3 } from "../v3/mod.ts";
import {
  type Command,
  EXIT,
  numberOf,
  type Options,
  parse,
  textOf,
  UsageError,
  type Values,
  wordOf,
} from "./command.ts";
import { FILE_HELP, FILE_OPTIONS, maxFileBytesOf, validateOptionsOf } from "./file-options.ts";
import { LEVELS, makeLog } from "./log.ts";
import { count, forClients, logLine } from "./print-problems.ts";

const OPTIONS: Options = {
  host: { type: "string" },
  port: { type: "string" },
  insecure: { type: "boolean" },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
  "tls-client-ca": { type: "string" },
  "log-level": { type: "string" },
  "log-format": { type: "string" },
  "drain-seconds": { type: "string" },
  health: { type: "boolean" },
  ...FILE_OPTIONS,
};

/** Serves files. */
export const SERVE: Command = {
  help: `Serves the .yaml, .yml and .json files of a directory to Envoys and gRPC clients, and follows their changes.

Usage: xds serve [options] <directory or file>...

  --host <address>        where to listen (default: 127.0.0.1)
  --port <port>           (default: 18000; 0 for any free one)
  --tls-cert <file>       the certificate, as PEM; it is read again when it changes
  --tls-key <file>        its key
  --tls-client-ca <file>  clients must have a certificate that this one has signed
  --insecure              listen beyond loopback without TLS
  --log-level <level>     debug, info, warn, error (default: info)
  --log-format <format>   text for people, json for machines (default: text)
  --drain-seconds <n>     how long clients may take to leave at SIGTERM (default: 10)
  --health                serves grpc.health.v1.Health, too
${FILE_HELP}

A file has resources with "@type", lists of them, resources: [...], an Envoy bootstrap or a config dump. Files below
nodes/<id>/ and clusters/<cluster>/ are for these clients, and replace what is above. In strings, \${NAME},
\${NAME:-default} and \${file:path} are expanded. With an error in any file the last good configuration stays.

Exit codes: 0 it was stopped, 1 the files have errors at the start or it cannot listen, 2 wrong usage.

Examples:
  xds serve config/
  xds serve --host 0.0.0.0 --tls-cert server.pem --tls-key server.key --tls-client-ca ca.pem config/`,
  async run(args, io) {
    const { values, positionals } = parse(args, OPTIONS, io);
    if (positionals.length === 0) throw new UsageError("Expected a directory or a file to serve");
    const options = listenOptionsOf(values);
    const drainMs = (numberOf(values, "drain-seconds", { max: 3_600 }) ?? 10) * 1_000;
    const log = makeLog(io, {
      level: wordOf(values, "log-level", LEVELS) ?? "info",
      format: wordOf(values, "log-format", ["text", "json"]) ?? "text",
    });
    const validate = validateOptionsOf(values);
    // From here on, since a supervisor may end the process as soon as it prints something.
    using signals = new Signals();
    let isServing = false;
    let cache: FilesCache;
    try {
      cache = await filesCache(positionals, {
        environment: io.environment,
        maxFileBytes: maxFileBytesOf(values),
        validate,
        onPublication: (publication) => {
          // A start that fails is reported once, below.
          if (publication.isPublished || isServing) report(publication, log);
          isServing = true;
        },
      });
    } catch (error) {
      if (!(error instanceof FilesError)) throw error;
      report({ isPublished: false, problems: error.problems, files: 0, resources: 0 }, log, NOTHING);
      return EXIT.findings;
    }
    const server = createDiscoveryServer({ cache, log, api: v3, health: values["health"] === true });
    let listener: Listener;
    try {
      listener = await listen(server, options);
    } catch (error) {
      await cache.close();
      const reason = (error as Error).message.replace(
        "tls, or insecure: true",
        "--tls-cert and --tls-key, or --insecure",
      );
      log.error({}, reason.startsWith("Cannot") ? reason : `Cannot use the files of TLS: ${reason}`);
      return EXIT.findings;
    }
    const { address, port } = listener;
    log.info(
      { address, port },
      `Serves xDS on ${address}:${port}${options.tls ? " with TLS" : ""}; end it with SIGTERM or Ctrl+C`,
    );
    const signal = await signals.next();
    log.info({ signal }, `${signal}: clients have ${drainMs / 1_000} s to leave`);
    await Promise.race([listener.drain({ overMs: drainMs }), signals.next()]);
    await listener.close();
    server.close();
    await cache.close();
    return EXIT.fine;
  },
};

function listenOptionsOf(values: Values): ListenOptions & { readonly port: number } {
  const [certFile, keyFile] = [textOf(values, "tls-cert"), textOf(values, "tls-key")];
  const caFile = textOf(values, "tls-client-ca");
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new UsageError("TLS needs both --tls-cert and --tls-key");
  }
  if (caFile !== undefined && certFile === undefined) {
    throw new UsageError("The option --tls-client-ca needs --tls-cert and --tls-key");
  }
  const host = textOf(values, "host");
  return {
    port: numberOf(values, "port", { max: 65_535 }) ?? 18_000,
    ...host !== undefined && { host },
    ...values["insecure"] === true && { insecure: true },
    ...certFile !== undefined && keyFile !== undefined && {
      tls: { certFile, keyFile, ...caFile !== undefined && { caFile } },
    },
  };
}

const NOTHING = "The files have errors: nothing is served; correct them and start again";
const LAST_GOOD = "The files have errors: the last good configuration stays";

function report(publication: FilesPublication, log: Required<Logger>, otherwise: string = LAST_GOOD): void {
  const { isPublished, problems, files, resources, client } = publication;
  for (const problem of problems) {
    const { severity, message, ...fields } = problem;
    log[severity === "error" ? "error" : "warn"]({ ...fields, problem: message }, logLine(problem));
  }
  if (isPublished) {
    log.info({ files, resources }, `Published ${count(resources, "resource")} of ${count(files, "file")}`);
  } else if (client === undefined) log.error({ files }, otherwise);
  else log.error({ client }, `These files are not served${forClients(client)}, which keep what they have`);
}

/** Signals that ask the process to end, one after another; none is missed between two calls of `next`. */
class Signals implements Disposable {
  static readonly #NAMES = ["SIGTERM", "SIGINT"] as const;
  readonly #came: string[] = [];
  #wake: ((signal: string) => void) | undefined;
  readonly #handler = (signal: string): void => {
    if (this.#wake === undefined) this.#came.push(signal);
    else this.#wake(signal);
    this.#wake = undefined;
  };

  constructor() {
    for (const name of Signals.#NAMES) process.on(name, this.#handler);
  }

  next(): Promise<string> {
    const signal = this.#came.shift();
    if (signal !== undefined) return Promise.resolve(signal);
    return new Promise((resolve) => this.#wake = resolve);
  }

  [Symbol.dispose](): void {
    for (const name of Signals.#NAMES) process.off(name, this.#handler);
  }
}
