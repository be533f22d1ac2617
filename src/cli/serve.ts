import { listen, type Listener } from "../node/mod.ts";
import { createDiscoveryServer } from "../server/mod.ts";
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
import { filesSource } from "./serve-files.ts";
import { LISTEN_OPTIONS, listenOptionsOf } from "./server-options.ts";
import { Signals } from "./signals.ts";
import { STORE_HELP, STORE_OPTIONS, type StorePlace, storePlaceOf } from "./store/store-options.ts";

const OPTIONS: Options = {
  ...LISTEN_OPTIONS,
  "log-level": { type: "string" },
  "log-format": { type: "string" },
  "drain-seconds": { type: "string" },
  health: { type: "boolean" },
  "copy-to": { type: "string" },
  ...STORE_OPTIONS,
  ...FILE_OPTIONS,
};

/** Serves files, or what a store has. */
export const SERVE: Command = {
  help: `Serves the .yaml, .yml and .json files of a directory to Envoys and gRPC clients, and follows their changes; or
what xds publish has published to a store.

Usage: xds serve [options] <directory or file>...
       xds serve [options] --store <address>

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

Of files:
${FILE_HELP}

Of a store:
${STORE_HELP}
  --copy-to <directory>   keeps a copy of what is served, to start from while the store cannot be reached

A file has resources with "@type", lists of them, resources: [...], an Envoy bootstrap or a config dump. Files below
nodes/<id>/ and clusters/<cluster>/ are for these clients, and replace what is above. In strings, \${NAME},
\${NAME:-default} and \${file:path} are expanded. With an error in any file the last good configuration stays.

Of a store, clients wait until the replica has the full picture: --health says NOT_SERVING. It serves what it has while
the store is away. Where the store was replaced or has lost data, a publication that would remove more than half of the
resources of a key is held, and logged; SIGUSR2 serves it.

Environment: each option as XDS_<NAME>, such as XDS_STORE; XDS_STORE_PASSWORD and XDS_STORE_TOKEN.

Exit codes: 0 it was stopped, 1 the files have errors at the start, the store cannot be used or it cannot listen,
2 wrong usage. A store that cannot be reached is tried again for ever.

Examples:
  xds serve config/
  xds serve --store nats://nats-1:4222,nats://nats-2:4222 --copy-to /var/lib/xds
  xds serve --host 0.0.0.0 --tls-cert server.pem --tls-key server.key --tls-client-ca ca.pem config/`,
  async run(args, io) {
    const { values, positionals } = parse(args, OPTIONS, io);
    const place = storePlaceOf(values, io);
    checkSource(place, positionals, values);
    const options = listenOptionsOf(values);
    const drainMs = (numberOf(values, "drain-seconds", { max: 3_600 }) ?? 10) * 1_000;
    const log = makeLog(io, {
      level: wordOf(values, "log-level", LEVELS) ?? "info",
      format: wordOf(values, "log-format", ["text", "json"]) ?? "text",
    });
    const files = {
      environment: io.environment,
      maxFileBytes: maxFileBytesOf(values),
      validate: validateOptionsOf(values),
    };
    // From here on, since a supervisor may end the process as soon as it prints something.
    using signals = new Signals();
    const source = place === undefined
      ? await filesSource(positionals, log, files)
      : await (await import("./serve-store.ts")).storeSource(place, { log, copyTo: textOf(values, "copy-to") });
    if (source === undefined) return EXIT.findings;
    const { cache, ready } = source;
    const health = values["health"] === true;
    const server = createDiscoveryServer({ cache, log, api: v3, health, ...ready && { ready } });
    let listener: Listener;
    try {
      listener = await listen(server, options);
    } catch (error) {
      await source.close();
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
    await source.close();
    return EXIT.fine;
  },
};

function checkSource(place: StorePlace | undefined, paths: readonly string[], values: Values): void {
  if (place === undefined) {
    if (paths.length === 0) throw new UsageError("Expected a directory or a file to serve, or --store");
    if (values["copy-to"] !== undefined) throw new UsageError("The option --copy-to needs --store");
    return;
  }
  if (paths.length > 0) {
    throw new UsageError(
      `Expected files or --store, not both: xds publish --store publishes "${paths[0]}" for replicas`,
    );
  }
  const given = Object.keys(FILE_OPTIONS).find((name) => values[name] !== undefined);
  if (given !== undefined) throw new UsageError(`The option --${given} is for files: give it to xds publish`);
}
