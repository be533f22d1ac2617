import type { DescMessage } from "../resource/mod.ts";

/**
 * Finds the description of a message type among all that are generated, and among protobuf's own. It imports the
 * modules of one package at a time, and none before it is asked.
 */
export async function findMessage(typeName: string): Promise<DescMessage | undefined> {
  for (const module of await modulesOf(typeName)) {
    for (const value of Object.values(module)) {
      if (isMessage(value) && value.typeName === typeName) return value;
    }
  }
  return undefined;
}

/** A package's name is the part of a type's name before the type and those that it is nested in. */
async function modulesOf(typeName: string): Promise<readonly object[]> {
  const { PACKAGES } = await import("../../gen/packages.ts");
  for (let end = typeName.lastIndexOf("."); end > 0; end = typeName.lastIndexOf(".", end - 1)) {
    const name = typeName.slice(0, end);
    if (name === "google.protobuf") return [await import("@bufbuild/protobuf/wkt")];
    if (Object.hasOwn(PACKAGES, name)) return Promise.all(PACKAGES[name]!());
  }
  return [];
}

function isMessage(value: unknown): value is DescMessage {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "message";
}
