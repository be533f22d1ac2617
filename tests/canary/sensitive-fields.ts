import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import { readdirSync } from "node:fs";
import { sensitive } from "../../gen/udpa/annotations/sensitive_pb.ts";

const GEN = new URL("../../gen/", import.meta.url);

/** All fields of the API that it marks as sensitive itself, by `udpa.annotations.sensitive`. */
export async function sensitiveFields(): Promise<DescField[]> {
  const found = new Map<string, DescField>();
  for (const path of readdirSync(GEN, { recursive: true, encoding: "utf8" }).sort()) {
    if (!path.endsWith("_pb.ts")) continue;
    const module: Record<string, unknown> = await import(new URL(path, GEN).href);
    for (const each of Object.values(module)) {
      if (!isMessage(each)) continue;
      for (const field of each.fields) if (getOption(field, sensitive)) found.set(nameOf(field), field);
    }
  }
  return [...found.values()];
}

/** Such as `envoy.extensions.transport_sockets.tls.v3.TlsCertificate.private_key`. */
export function nameOf({ parent, name }: DescField): string {
  return `${parent.typeName}.${name}`;
}

function isMessage(value: unknown): value is DescMessage {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "message";
}
