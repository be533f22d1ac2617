import { type Resource, resource } from "../../mod.ts";
import { secret } from "../../src/v3/mod.ts";
import { MARK } from "./outputs.ts";
import { planted } from "./plant.ts";
import { sensitiveFields } from "./sensitive-fields.ts";

/** All fields of the API that it marks as sensitive. */
export const FIELDS = await sensitiveFields();
/** A resource for each field, with a key in it. */
export const RESOURCES: readonly Resource[] = FIELDS.map((field, i) => {
  return resource(field.parent, planted(field, keyOf(i)), { name: `planted-${i}` });
});
/** A certificate with a key. */
export const TLS_SECRET = secret({
  name: "certificate",
  type: { case: "tlsCertificate", value: { privateKey: { specifier: { case: "inlineString", value: keyOf("tls") } } } },
});

/** A key, another one for each place. */
export function keyOf(id: number | string): string {
  return `${MARK}-${id}`;
}

/** A secret whose private key is of another type than the API says, as a program without types may make it. */
export function withKey(privateKey: unknown): Resource {
  return secret({ name: "s", type: { case: "tlsCertificate", value: { privateKey: privateKey as never } } });
}

/** Metadata of a resource. */
export function inMetadata(value: string): never {
  return { filterMetadata: { a: value } } as never;
}
