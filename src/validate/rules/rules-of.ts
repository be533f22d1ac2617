import type { DescEnum } from "@bufbuild/protobuf";
import type { FieldRules } from "../../../gen/validate/validate_pb.ts";
import { bytesRules } from "./bytes-rules.ts";
import type { Rule } from "./rule.ts";
import { boolRules, enumRules, numberRules } from "./scalar-rules.ts";
import { stringRules } from "./string-rules.ts";
import { durationRules, timestampRules } from "./time-rules.ts";

/** The rules of one value: of a field, or of a member of one. Those of lists, maps and messages are elsewhere. */
export function rulesOf({ type }: FieldRules, values: DescEnum | undefined): Rule[] {
  switch (type.case) {
    case "string":
      return stringRules(type.value);
    case "bytes":
      return bytesRules(type.value);
    case "bool":
      return boolRules(type.value);
    case "enum":
      return values ? enumRules(type.value, values) : [];
    case "duration":
      return durationRules(type.value);
    case "timestamp":
      return timestampRules(type.value);
    case undefined:
    case "any":
    case "map":
    case "repeated":
      return [];
    default:
      return numberRules(type.case, type.value);
  }
}
