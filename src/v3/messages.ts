import type { DescMessage } from "../resource/mod.ts";

/**
 * Finds the descriptor of a message type among the generated ones and protobuf's own. It imports the modules of one
 * package at a time, on demand.
 */
export async function findMessage(typeName: string): Promise<DescMessage | undefined> {
  for (const module of await modulesOf(typeName)) {
    for (const value of Object.values(module)) {
      if (isMessage(value) && value.typeName === typeName) return value;
    }
  }
  return undefined;
}

/** The modules of the package of a type, whose name is that of the type up to the outermost message. */
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
