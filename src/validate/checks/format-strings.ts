import { HeaderValueOptionSchema } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import {
  type SubstitutionFormatString,
  SubstitutionFormatStringSchema,
} from "../../../gen/envoy/config/core/v3/substitution_format_string_pb.ts";
import { type Check, check } from "../check.ts";
import type { Place } from "../place.ts";
import { likelyName } from "../references/spelling.ts";
import { FORMAT_COMMANDS } from "./format-commands.ts";

/** In a value that is formatted, percent signs are doubled, or around a command that Envoy has. */
export const FORMAT_STRINGS: readonly Check[] = [
  check(HeaderValueOptionSchema, "format.percent", ({ header }, at) => {
    if (header !== undefined) checkPercent(header.value, at, "header.value");
  }),
  check(SubstitutionFormatStringSchema, "format.percent", (format, at) => {
    const { text, path } = textOf(format);
    checkPercent(text, at, path);
  }),
  check(HeaderValueOptionSchema, "format.command", ({ header }, at) => {
    if (header !== undefined) checkCommands(header.value, at, "header.value");
  }),
  check(SubstitutionFormatStringSchema, "format.command", (format, at) => {
    const { text, path } = textOf(format);
    // Formatters add commands of their own.
    if (format.formatters.length === 0) checkCommands(text, at, path);
  }),
];

/** `%%`, `%NAME%`, `%NAME(parameters)%`, `%NAME(parameters):length%`. */
const COMMAND = /%(?:%|([A-Z0-9_]+)(?:\([^]*?\))?(?::\d+)?%)/g;

function textOf({ format: { case: is, value } }: SubstitutionFormatString): { text: string; path: string } {
  if (is === "textFormat") return { text: value, path: "text_format" };
  const text = is === "textFormatSource" && value.specifier.case === "inlineString" ? value.specifier.value : "";
  return { text, path: "text_format_source.inline_string" };
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
