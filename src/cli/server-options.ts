import type { ListenOptions } from "../node/mod.ts";
import { numberOf, type Options, textOf, UsageError, type Values } from "./command.ts";

/** Options of the listener. */
export const LISTEN_OPTIONS: Options = {
  host: { type: "string" },
  port: { type: "string" },
  insecure: { type: "boolean" },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
  "tls-client-ca": { type: "string" },
};

/** Where a server listens. @throws UsageError */
export function listenOptionsOf(values: Values): ListenOptions & { readonly port: number } {
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
