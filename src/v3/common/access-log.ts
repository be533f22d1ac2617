import { create, type JsonObject } from "@bufbuild/protobuf";
import { AccessLogSchema } from "../../../gen/envoy/config/accesslog/v3/accesslog_pb.ts";
import type { SubstitutionFormatStringSchema } from "../../../gen/envoy/config/core/v3/substitution_format_string_pb.ts";
import { FileAccessLogSchema } from "../../../gen/envoy/extensions/access_loggers/file/v3/file_pb.ts";
import {
  StderrAccessLogSchema,
  StdoutAccessLogSchema,
} from "../../../gen/envoy/extensions/access_loggers/stream/v3/stream_pb.ts";
import type { MessageInitShape } from "../../resource/mod.ts";
import type { AccessLog } from "../message-types.ts";
import { typedConfig } from "../typed-config.ts";

/** Options of {@link accessLog}. */
export interface AccessLogOptions {
  /** Where lines are written: `stdout`, `stderr`, or the path of a file on Envoy's machine. Default: `stdout`. */
  readonly to?: string;
  /** The format, in Envoy's commands: a text, to which a line break is added, or an object for JSON. Default: Envoy's. */
  readonly format?: string | LogFields;
}

type Json = JsonObject;
/** The fields of a line in JSON, each with its format, such as `{ status: "%RESPONSE_CODE%" }`. */
export type LogFields = Json;

/**
 * Makes an access log: a line for each request or connection, on the standard output of Envoy by default.
 *
 * @throws TypeError if `to` is neither `stdout`, `stderr` nor an absolute path
 *
 * @example
 * ```ts
 * httpListener("web", { port: 8080, routes: "web", accessLog: accessLog({ format: "%RESPONSE_CODE% %PATH%" }) });
 * ```
 */
export function accessLog({ to = "stdout", format }: AccessLogOptions = {}): AccessLog {
  const accessLogFormat = format === undefined ? {} : { accessLogFormat: formatOf(format) };
  switch (to) {
    case "stdout":
      return logOf("stdout", typedConfig(StdoutAccessLogSchema, accessLogFormat));
    case "stderr":
      return logOf("stderr", typedConfig(StderrAccessLogSchema, accessLogFormat));
    default:
      if (!to.startsWith("/")) {
        throw new TypeError(`Cannot write an access log to "${to}": give stdout, stderr or an absolute path`);
      }
      return logOf("file", typedConfig(FileAccessLogSchema, { path: to, ...accessLogFormat }));
  }
}

/** One log or several; `true` for the default one. */
export function accessLogs(logs: boolean | AccessLog | readonly AccessLog[]): AccessLog[] {
  if (typeof logs === "boolean") return logs ? [accessLog()] : [];
  return Symbol.iterator in logs ? [...logs] : [logs];
}

function logOf(name: string, config: ReturnType<typeof typedConfig>): AccessLog {
  return create(AccessLogSchema, {
    name: `envoy.access_loggers.${name}`,
    configType: { case: "typedConfig", value: config },
  });
}

type LogFormat = { case: "logFormat"; value: MessageInitShape<typeof SubstitutionFormatStringSchema> };

function formatOf(format: string | LogFields): LogFormat {
  if (typeof format !== "string") {
    return { case: "logFormat", value: { format: { case: "jsonFormat", value: format } } };
  }
  const value = format.endsWith("\n") ? format : `${format}\n`;
  return {
    case: "logFormat",
    value: { format: { case: "textFormatSource", value: { specifier: { case: "inlineString", value } } } },
  };
}
