import type { ApiTable } from "../../resource/mod.ts";

/**
 * Make-before-break: the order in which the types of one publication reach a client, so that no resource that it uses
 * refers to one that it does not have.
 *
 * Resources that were added or changed are sent from the targets of references (clusters, endpoints) to what refers to
 * them (listeners, routes), each type once the client has ACKed the former. Removals come last, once no resource that
 * the client uses refers to them. All of it follows from the references of the API's table.
 * Source: https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations
 */
export class PublicationOrder {
  readonly #positions = new Map<string, number>();
  readonly #needs = new Map<string, ReadonlySet<string>>();
  readonly #referrers = new Map<string, string[]>();

  private constructor(api: ApiTable) {
    for (const { typeUrl, order } of api.types) if (order !== undefined) this.#positions.set(typeUrl, order);
    const references = new Map(api.types.map((type) => [type.typeUrl, targetsOf(type)]));
    for (const typeUrl of this.#positions.keys()) {
      this.#needs.set(typeUrl, this.#earlierOf(typeUrl, references));
      for (const target of references.get(typeUrl)!) {
        const referrers = this.#referrers.get(target);
        if (referrers) referrers.push(typeUrl);
        else this.#referrers.set(target, [typeUrl]);
      }
    }
  }

  /** The order of an API, made once for it. */
  static of(api: ApiTable): PublicationOrder {
    let order = orders.get(api);
    if (order === undefined) orders.set(api, order = new PublicationOrder(api));
    return order;
  }

  /** The place of a type among the others; types without one come last and wait for nothing. */
  position(typeUrl: string): number {
    return this.#positions.get(typeUrl) ?? Number.MAX_SAFE_INTEGER;
  }

  /** Whether the type has a place in a publication. */
  has(typeUrl: string): boolean {
    return this.#positions.has(typeUrl);
  }

  /** Whether changes of the later type are of use only once the client has accepted those of the earlier one. */
  needs(later: string, earlier: string): boolean {
    return this.#needs.get(later)?.has(earlier) ?? false;
  }

  /** The types that refer to resources of this one, which are to be removed after the references to them. */
  referrers(typeUrl: string): readonly string[] {
    return this.#referrers.get(typeUrl) ?? NONE;
  }

  /** Whether resources of the one type refer to those of the other, directly or through others that go out before. */
  refers(from: string, to: string): boolean {
    return this.referrers(to).includes(from) || this.needs(from, to);
  }

  /** All types that this one refers to, directly or through others, and that go out before it. */
  #earlierOf(typeUrl: string, references: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
    const found = new Set<string>();
    const visit = (from: string) => {
      for (const target of references.get(from) ?? NONE) {
        if (found.has(target)) continue;
        found.add(target);
        visit(target);
      }
    };
    visit(typeUrl);
    const own = this.position(typeUrl);
    return new Set([...found].filter((target) => this.position(target) < own));
  }
}

const NONE: readonly string[] = [];
const orders = new WeakMap<ApiTable, PublicationOrder>();

function targetsOf({ references = [] }: ApiTable["types"][number]): string[] {
  return [...new Set(references.filter(({ resends }) => !resends).map(({ typeUrl }) => typeUrl))];
}
