/**
 * Where a walk through a message is: fields by their names in the .proto files, positions in lists, keys of maps, and the
 * types of what an `Any` holds. It is written only when a problem is found.
 *
 * In `virtual_hosts[2].routes[0].typed_per_filter_config["lua"][type.googleapis.com/a.B].name` there is one of each.
 */
export class Path {
  /** A number is a position in a list, which is not written before it is needed. */
  readonly #steps: (string | number)[] = [];

  /** Enters a field. @param text - its name, after a dot */
  field(text: string): void {
    this.#steps.push(text);
  }

  /** Enters an entry of the list or the map whose field was entered before. */
  entry(key: string | number): void {
    this.#steps.push(typeof key === "number" ? key : `[${JSON.stringify(key)}]`);
  }

  /** Enters what an `Any` holds. */
  any(typeUrl: string): void {
    this.#steps.push(`[${typeUrl}]`);
  }

  /** Leaves what was entered last. */
  leave(): void {
    this.#steps.pop();
  }

  /** Whether the field that was entered last, and no entry of it, has that name. */
  endsWith(name: string): boolean {
    return this.#steps.at(-1) === `.${name}`;
  }

  /** The path, continued by one that is written already. */
  toString(rest = ""): string {
    let path = "";
    for (const step of this.#steps) path += typeof step === "number" ? `[${step}]` : path === "" ? step.slice(1) : step;
    return path === "" || rest === "" || rest.startsWith("[") ? path + rest : `${path}.${rest}`;
  }
}
