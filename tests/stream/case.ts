import type { Variant } from "../../src/stream/mod.ts";

/** What one stream, or a few, do in a situation. It throws where they do something else. */
export type Case = readonly [name: string, run: () => Promise<void> | void];

/** The same case in both variants of the protocol. */
export function both(name: string, run: (variant: Variant) => Promise<void> | void): Case[] {
  return (["sotw", "delta"] as const).map((variant) => [`${name} (${variant})`, () => run(variant)]);
}
