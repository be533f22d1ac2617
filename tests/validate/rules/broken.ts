import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { checkRules } from "../../../src/validate/rules/check-rules.ts";

/** The rules that a message breaks, as in `"items[1] uint32.gte"`. */
export function broken<D extends DescMessage>(schema: D, init: MessageInitShape<D>): string[] {
  return checkRules(schema, create(schema, init)).map(({ path, rule }) => `${path} ${rule}`);
}

/** The same of one field; the other fields of the tests' types break rules of their own when they are not set. */
export function brokenAt<D extends DescMessage>(schema: D, field: string, value: unknown): string[] {
  const init = { [schema.fields.find(({ name }) => name === field)!.localName]: value };
  const all = broken(schema, init as MessageInitShape<D>);
  return all.filter((each) => new RegExp(`^${field}\\b`).test(each)).map((each) => each.slice(each.indexOf(" ") + 1));
}
