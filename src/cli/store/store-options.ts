import type { NatsStoreOptions } from "../../nats/mod.ts";
import { type Io, numberOf, type Options, textOf, textsOf, UsageError, type Values } from "../command.ts";
import { isLayerLike } from "./layer-keys.ts";

/** Options of the commands that use a store. */
export const STORE_OPTIONS: Options = {
  store: { type: "string", multiple: true },
  bucket: { type: "string" },
  "bucket-replicas": { type: "string" },
  key: { type: "string" },
  "store-ca": { type: "string" },
  "store-cert": { type: "string" },
  "store-key": { type: "string" },
  "store-creds": { type: "string" },
  "store-user": { type: "string" },
  "store-password-file": { type: "string" },
  "store-token-file": { type: "string" },
};

/** The help on them. */
export const STORE_HELP = `
  --store <address>       nats://host:port, or tls:// for TLS alone; several with commas; or file:<directory>, for
                          processes of one machine
  --bucket <name>         the key-value bucket of NATS JetStream (default: xds); the first that connects makes it
  --bucket-replicas <n>   how many NATS servers hold it if it is made: 1, 3 or 5 (default: 1)
  --key <key>             the key that the files are published under, and that clients are served (default: default)
  --store-ca <file>       trust NATS servers whose certificate this file has signed
  --store-cert <file>     the certificate of this client of NATS, with
  --store-key <file>      its key
  --store-creds <file>    a credentials file of NATS, or the seed of an nkey
  --store-user <name>     a user of NATS, whose password is in XDS_STORE_PASSWORD, or in
  --store-password-file <file>
  --store-token-file <file>
                          a token; or it is in XDS_STORE_TOKEN
  Files of certificates and credentials are read again at every connection.`.slice(1);

/** The store that a command line names. */
export interface StorePlace {
  /** The key of the snapshots. */
  readonly key: string;
  /** For people: without secrets. */
  readonly name: string;
  readonly address: { readonly directory: string } | { readonly nats: NatsStoreOptions };
}

/** The store that is meant; undefined where none is named. @throws UsageError, in which no secret is */
export function storePlaceOf(values: Values, { environment }: Pick<Io, "environment">): StorePlace | undefined {
  const addresses = textsOf(values, "store").flatMap((text) => text.split(",")).filter((text) => text !== "");
  if (addresses.length === 0) {
    const given = Object.keys(STORE_OPTIONS).find((name) => values[name] !== undefined);
    if (given !== undefined) throw new UsageError(`The option --${given} needs --store`);
    return undefined;
  }
  const key = textOf(values, "key") ?? "default";
  if (key === "" || isLayerLike(key)) {
    throw new UsageError(`The option --key must have no part "nodes" or "clusters": those are for layers`);
  }
  const [first] = addresses;
  if (addresses.length === 1 && first!.startsWith("file:")) {
    const directory = first!.replace(/^file:(\/\/(?=\/))?/, "");
    if (directory === "") throw new UsageError("The option --store has no directory after file:");
    const given = Object.keys(STORE_OPTIONS).find((name) => /^store-|^bucket/.test(name) && values[name] !== undefined);
    if (given !== undefined) throw new UsageError(`The option --${given} is for NATS, not for a directory`);
    return { key, name: `the directory ${directory}`, address: { directory } };
  }
  checkAddresses(addresses);
  const bucket = textOf(values, "bucket") ?? "xds";
  if (!/^[\w-]+$/.test(bucket)) throw new UsageError(`The option --bucket may have letters, digits, "-" and "_"`);
  const replicas = numberOf(values, "bucket-replicas", { min: 1, max: 5 });
  const tls = tlsOf(values);
  const credentials = credentialsOf(values, environment);
  const nats = {
    servers: addresses,
    bucket,
    ...replicas !== undefined && { replicas },
    ...tls && { tls },
    ...credentials && { credentials },
  };
  return { key, name: `the bucket "${bucket}" at ${addresses.join(", ")}`, address: { nats } };
}

function checkAddresses(addresses: readonly string[]): void {
  // Nothing of it is repeated: a part of a password may be anywhere.
  if (addresses.some((address) => address.includes("@"))) {
    throw new UsageError(
      "The option --store must have no credentials in it, which other users of the machine could see: use " +
        "--store-creds, or --store-user with XDS_STORE_PASSWORD, or XDS_STORE_TOKEN",
    );
  }
  const wrong = addresses.find((address) => !/^(nats|tls):\/\/(\[[\da-f:.]+\]|[\w.-]+)(:\d+)?\/?$/i.test(address));
  if (wrong !== undefined) {
    throw new UsageError(`The option --store must be nats://host:port, tls://host:port or file:<directory>`);
  }
}

function tlsOf(values: Values): NatsStoreOptions["tls"] {
  const [caFile, certFile, keyFile] = ["store-ca", "store-cert", "store-key"].map((name) => textOf(values, name));
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new UsageError("A certificate for the store needs both --store-cert and --store-key");
  }
  if (caFile === undefined && certFile === undefined) return undefined;
  return { ...caFile !== undefined && { caFile }, ...certFile !== undefined && { certFile, keyFile: keyFile! } };
}

function credentialsOf(values: Values, environment: Io["environment"]): NatsStoreOptions["credentials"] {
  const file = textOf(values, "store-creds");
  const user = textOf(values, "store-user");
  const [passFile, tokenFile] = [textOf(values, "store-password-file"), textOf(values, "store-token-file")];
  const [pass, token] = [environment["XDS_STORE_PASSWORD"], environment["XDS_STORE_TOKEN"]];
  if ([file, user, tokenFile ?? token].filter((each) => each !== undefined).length > 1) {
    throw new UsageError("Expected one of --store-creds, --store-user and a token for the store");
  }
  if (file !== undefined) return { file };
  if (user !== undefined) {
    if (passFile !== undefined) return { user, passFile };
    if (pass !== undefined) return { user, pass };
    throw new UsageError("The option --store-user needs XDS_STORE_PASSWORD or --store-password-file");
  }
  if (passFile !== undefined) throw new UsageError("The option --store-password-file needs --store-user");
  if (tokenFile !== undefined) return { tokenFile };
  return token === undefined ? undefined : { token };
}
