import assert from "node:assert/strict";
import { create } from "@bufbuild/protobuf";
import { NodeSchema } from "../../../gen/envoy/config/core/v3/base_pb.ts";
import type { Snapshot } from "../../../mod.ts";
import type { ReplicatedCache } from "../../../src/nats/mod.ts";
import { CLUSTER_TYPE, ENDPOINT_TYPE } from "../../../src/v3/mod.ts";
import { markOf } from "./marked.ts";

/** A replica, and all that a client of it was given. */
export class Replica {
  readonly cache: ReplicatedCache;
  /** What it has reported. */
  readonly errors: readonly string[];
  #failure: Error | undefined = undefined;
  #sizes: number[] = [];

  constructor(cache: ReplicatedCache, errors: readonly string[]) {
    this.cache = cache;
    this.errors = errors;
    const node = create(NodeSchema, { id: "all" });
    for (const type of [CLUSTER_TYPE, ENDPOINT_TYPE]) {
      const subscription = { wildcard: true, names: new Set<string>() };
      cache.watch({ node, type, subscription }, () => this.#look());
    }
  }

  get snapshot(): Snapshot | undefined {
    return this.cache.getSnapshot("all");
  }

  /** The mark that it serves; 0 for none. */
  get mark(): number {
    return markOf(this.snapshot).mark;
  }

  /** @throws if it ever served a part of a publication, or removed most of what it had */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    for (const [i, size] of this.#sizes.entries()) {
      assert.ok(i === 0 || size >= this.#sizes[i - 1]! / 2, `${size} resources were left of ${this.#sizes[i - 1]}`);
    }
  }

  /** From now on that is as it should be: the operator wants it. */
  allowRemovals(): void {
    this.#sizes = [];
  }

  #look(): void {
    try {
      const { size } = markOf(this.snapshot);
      if (this.#sizes.at(-1) !== size) this.#sizes.push(size);
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }
}
