import { HeaderValueOptionSchema } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import { SubstitutionFormatStringSchema } from "../../../gen/envoy/config/core/v3/substitution_format_string_pb.ts";
import { check } from "../check.ts";
import type { Place } from "../place.ts";

/** In a value that is formatted, percent signs are doubled, or around a command. */
export const FORMAT_OF_HEADER = check(HeaderValueOptionSchema, "format.percent", ({ header }, at) => {
  if (header !== undefined) checkFormat(header.value, at, "header.value");
});

/** The same of logs and local replies. */
export const FORMAT_OF_TEXT = check(SubstitutionFormatStringSchema, "format.percent", ({ format }, at) => {
  const { case: is, value } = format;
  if (is === "textFormat") checkFormat(value, at, "text_format");
  else if (is === "textFormatSource" && value.specifier.case === "inlineString") {
    checkFormat(value.specifier.value, at, "text_format_source.inline_string");
  }
});

function checkFormat(text: string, at: Place, path: string): void {
  if (!text.includes("%") || !text.replaceAll(COMMAND, "").includes("%")) return;
  at.error({ path, message: "Must have commands such as %PROTOCOL%, and %% for a percent sign", value: text });
}

/** `%%`, `%NAME%`, `%NAME(parameters)%`, `%NAME(parameters):length%`. */
const COMMAND = /%(?:%|[A-Z0-9_]+(?:\([^]*?\))?(?::\d+)?%)/g;
