import type { JsonValue } from "@bufbuild/protobuf";
import { HeaderValueOptionSchema } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import {
  type SubstitutionFormatString,
  SubstitutionFormatStringSchema,
} from "../../../gen/envoy/config/core/v3/substitution_format_string_pb.ts";
import { FileAccessLogSchema } from "../../../gen/envoy/extensions/access_loggers/file/v3/file_pb.ts";
import {
  TcpProxy_TunnelingConfigSchema,
} from "../../../gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.ts";
import { type Check, check } from "../check.ts";
import type { Place } from "../place.ts";
import { likelyName } from "../references/spelling.ts";
import { FORMAT_COMMANDS } from "./format-commands.ts";

/** In a value that is formatted, percent signs are doubled, or around a command that Envoy has. */
export const FORMAT_STRINGS: readonly Check[] = ([
  ["format.percent", checkPercent],
  ["format.command", checkCommands],
] as const).flatMap(([rule, checkText]) => [
  check(HeaderValueOptionSchema, rule, ({ header }, at) => {
    if (header !== undefined) checkText(header.value, at, "header.value");
  }),
  check(SubstitutionFormatStringSchema, rule, (format, at) => {
    // Formatters add commands of their own.
    if (checkText === checkCommands && format.formatters.length > 0) return;
    for (const { text, path } of textsOf(format)) checkText(text, at, path);
  }),
  check(FileAccessLogSchema, rule, ({ accessLogFormat: { case: is, value } }, at) => {
    if (is === "format") checkText(value, at, "format");
    if (is === "jsonFormat" || is === "typedJsonFormat") {
      const path = is === "jsonFormat" ? "json_format" : "typed_json_format";
      for (const text of textsIn(value)) checkText(text, at, path);
    }
  }),
  check(TcpProxy_TunnelingConfigSchema, rule, ({ hostname }, at) => checkText(hostname, at, "hostname")),
]);

/** `%%`, `%NAME%`, `%NAME(parameters)%`, `%NAME(parameters):length%`. */
const COMMAND = /%(?:%|([A-Z0-9_]+)(?:\([^]*?\))?(?::\d+)?%)/g;

function* textsOf(
  { format: { case: is, value } }: SubstitutionFormatString,
): Iterable<{ readonly text: string; readonly path: string }> {
  if (is === "textFormat") yield { text: value, path: "text_format" };
  if (is === "textFormatSource" && value.specifier.case === "inlineString") {
    yield { text: value.specifier.value, path: "text_format_source.inline_string" };
  }
  if (is === "jsonFormat") { for (const text of textsIn(value)) yield { text, path: "json_format" }; }
}

/** The texts in JSON, at any depth. Names are not formatted. */
function* textsIn(json: JsonValue): Iterable<string> {
  if (typeof json === "string") yield json;
  if (typeof json === "object" && json !== null) { for (const each of Object.values(json)) yield* textsIn(each); }
}

/** Longer texts are not looked at, since a command may have any parameters: that would be quadratic. */
const MAX_TEXT = 10_000;

function checkPercent(text: string, at: Place, path: string): void {
  if (text.length > MAX_TEXT || !text.includes("%") || !text.replaceAll(COMMAND, "").includes("%")) return;
  // The value of a header may be a token.
  at.error({ path, message: "Must have commands such as %PROTOCOL%, and %% for a percent sign" });
}

function checkCommands(text: string, at: Place, path: string): void {
  if (text.length > MAX_TEXT || !text.includes("%")) return;
  for (const [, name] of text.matchAll(COMMAND)) {
    if (name === undefined || FORMAT_COMMANDS.has(name)) continue;
    const likely = likelyName(name, FORMAT_COMMANDS);
    at.warning({
      path,
      message: "Must have commands of Envoy between percent signs, or of a formatter that the client has",
      value: `%${name}%`,
      ...likely !== undefined && { hint: `Did you mean %${likely}%?` },
    });
  }
}
