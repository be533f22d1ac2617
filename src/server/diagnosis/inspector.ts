import { type Cache, explainWatch, type Node } from "../../cache/mod.ts";
import { type DiscoveryStream, missingNames, typeName, type TypeStream } from "../../stream/mod.ts";
import type { ServerLog } from "../log.ts";
import { danglingIn } from "./dangling.ts";
import { referrerOf } from "./referrer.ts";
import { RecentKeys } from "./recent-keys.ts";

/** What an {@link Inspector} needs. */
export interface InspectorOptions {
  readonly cache: Cache;
  readonly log: Pick<ServerLog, "waiting" | "missing">;
  /** How long a stream may be open before it is looked at, in milliseconds. Default: 2,000. */
  readonly afterMs?: number;
  /** How long a name may be missing before it is logged, in milliseconds. Default: 10,000. */
  readonly missingAfterMs?: number;
  /** The time between two looks, in milliseconds. Default: 1,000. */
  readonly everyMs?: number;
}

/**
 * Looks at the open streams, a few each second, and logs what keeps their clients waiting and is likely to be a mistake:
 * a node without configuration, and names that do not exist although a resource refers to them. Each is logged once.
 *
 * A look costs the same however many streams there are, and nothing is done for a message. Invariant: while there are
 * streams there is a timer, which does not keep a process alive.
 */
export class Inspector {
  readonly #options: Required<InspectorOptions>;
  /** When each was opened, the one looked at longest ago first. */
  readonly #streams = new Map<DiscoveryStream, number>();
  readonly #loggedNodes = new RecentKeys(MAX_REMEMBERED);
  readonly #loggedNames = new RecentKeys(MAX_REMEMBERED);
  /** Since when names are missing. */
  readonly #suspects = new RecentKeys(MAX_REMEMBERED);
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** The time in milliseconds, as far as there were streams: a clock is not needed for it. */
  #now = 0;

  constructor({ afterMs = 2000, missingAfterMs = 10_000, everyMs = 1000, ...rest }: InspectorOptions) {
    this.#options = { ...rest, afterMs, missingAfterMs, everyMs };
  }

  opened(stream: DiscoveryStream): void {
    this.#streams.set(stream, this.#now);
    if (this.#timer === undefined) this.#schedule();
  }

  closed(stream: DiscoveryStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A client of a poll has no configuration. */
  noConfiguration(node: Node, why: string | undefined): void {
    this.#logWaiting(node, why ?? `node ${JSON.stringify(node.id)}: the cache has no configuration for it`);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#now += this.#options.everyMs;
      this.#look(this.#now);
      this.#schedule();
    }, this.#options.everyMs);
    (this.#timer as { unref?(): unknown }).unref?.();
  }

  #look(now: number): void {
    let names = 0;
    for (const [stream, since] of [...firstOf(this.#streams, MAX_STREAMS)]) {
      if (now - since < this.#options.afterMs || names > MAX_NAMES) return;
      this.#streams.delete(stream);
      this.#streams.set(stream, since);
      try {
        names += this.#inspect(stream, now);
      } catch {
        // A cache of the user's own that fails ends a stream where it is read to be sent, not where it is looked at.
      }
    }
  }

  /** @returns how many names were looked at */
  #inspect(stream: DiscoveryStream, now: number): number {
    const { info: { node }, sequencer: { byUrl } } = stream;
    let looked = 0;
    for (const type of node === undefined ? [] : byUrl.values()) {
      if (type.watched.view === undefined || type.watched.hasMoved) this.#noView(node!, type);
      else if (type.subscription.names.size > 0) {
        looked += Math.min(type.subscription.names.size, MAX_NAMES);
        for (const name of missingNames(type, { shown: MAX_MISSING, looked: MAX_NAMES })) {
          this.#noResource(name, type, { stream, now });
        }
      }
      for (const { name, typeUrl } of danglingIn(type, byUrl, { looked: MAX_REFERRERS })) {
        this.#noResource(name!, byUrl.get(typeUrl!)!, { stream, now });
      }
    }
    return looked;
  }

  #noView(node: Node, { typeUrl, subscription }: TypeStream): void {
    if (this.#loggedNodes.get(node.id) !== undefined) return;
    const why = explainWatch(this.#options.cache, { node, type: typeUrl, subscription });
    this.#logWaiting(
      node,
      why ?? `node ${JSON.stringify(node.id)}: the cache has given nothing for ${typeName(typeUrl)} yet`,
    );
  }

  #logWaiting(node: Node, why: string): void {
    if (this.#loggedNodes.get(node.id) !== undefined) return;
    this.#loggedNodes.set(node.id, 0);
    this.#options.log.waiting(node, why);
  }

  #noResource(
    name: string,
    { typeUrl, subscription }: TypeStream,
    { stream, now }: { readonly stream: DiscoveryStream; readonly now: number },
  ): void {
    const key = `${typeUrl} ${name}`;
    if (this.#loggedNames.get(key) !== undefined) return;
    const since = this.#suspects.get(key);
    if (since === undefined) return this.#suspects.set(key, now);
    if (now - since < this.#options.missingAfterMs) return;
    // To find a reference may take a while, so that it is not tried again at once.
    this.#suspects.set(key, now);
    const referrer = referrerOf(stream.sequencer.byUrl, { typeUrl, name });
    if (referrer === undefined) return;
    this.#loggedNames.set(key, 0);
    this.#options.log.missing(stream.info, { typeUrl, name, referrer, isSubscribed: subscription.names.has(name) });
  }
}

/** How many streams are looked at each time. */
const MAX_STREAMS = 50;
/** How many names are looked at each time, and of each type. */
const MAX_NAMES = 2000;
/** How many resources of a type are looked at for references. */
const MAX_REFERRERS = 200;
/** How many missing names of a type are followed. */
const MAX_MISSING = 20;
/** How many nodes and names are remembered: what is forgotten may be logged again. */
const MAX_REMEMBERED = 1000;

function* firstOf<K, V>(map: ReadonlyMap<K, V>, count: number): Iterable<[K, V]> {
  for (const entry of map) {
    if (count-- <= 0) return;
    yield entry;
  }
}
