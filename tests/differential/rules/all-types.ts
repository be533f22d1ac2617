import type { DescMessage } from "@bufbuild/protobuf";
import { PACKAGES } from "../../../gen/packages.ts";

/** All generated message types, by their names. */
export async function allTypes(): Promise<ReadonlyMap<string, DescMessage>> {
  const modules = await Promise.all(Object.values(PACKAGES).flatMap((load) => load()));
  const messages = modules.flatMap((module) => Object.values(module)).filter(isMessage);
  return new Map(messages.map((message) => [message.typeName, message]));
}

function isMessage(value: unknown): value is DescMessage {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "message";
}
