import { type HostOptions, textOf } from "./host.ts";

/** The hosts of one list so far. A few are compared with one another, which makes no texts of them. */
export class SeenHosts {
  readonly #few: HostOptions[] = [];
  #texts: Set<string> | undefined = undefined;

  /** Whether a host was given before; it is from now on. */
  has(host: HostOptions): boolean {
    if (this.#texts === undefined && this.#few.length < MAX_COMPARED) return this.#hasAmongFew(host);
    const texts = this.#texts ??= new Set(this.#few.map(textOf));
    const { size } = texts;
    return texts.add(textOf(host)).size === size;
  }

  #hasAmongFew(host: HostOptions): boolean {
    const { address, port } = host;
    for (const each of this.#few) if (each.port === port && each.address === address) return true;
    this.#few.push(host);
    return false;
  }
}

const MAX_COMPARED = 16;
