import type { MessageInitShape } from "@bufbuild/protobuf";
import type { FilterChainSchema } from "../../../gen/envoy/config/listener/v3/listener_components_pb.ts";
import type { Resource } from "../../../mod.ts";
import { listener, socketAddress } from "../../../src/v3/mod.ts";

/** A part of a listener. */
export type Chain = MessageInitShape<typeof FilterChainSchema>;

/**
 * Listeners whose filter chains each need the resource of a name: one that is open, whose default chain is that of the
 * first name, and one that is not for each name that comes late, so that what is missing holds up no other.
 */
export function chainListeners(names: readonly string[], chainOf: (name: string) => Chain): Resource[] {
  const [first, ...others] = names.filter((name) => !isLate(name));
  const late = names.filter(isLate);
  return [
    listener(
      {
        name: "http",
        address: socketAddress("127.0.0.1", 0),
        filterChains: others.map((name, i) => ({
          ...chainOf(name),
          name,
          filterChainMatch: { sourcePorts: [i + 1] },
        })),
        defaultFilterChain: { ...chainOf(first!), name: first! },
      } as Parameters<typeof listener>[0],
    ),
    ...late.map((name) =>
      listener(
        {
          name,
          address: socketAddress("127.0.0.1", 1),
          bindToPort: false,
          filterChains: [{ ...chainOf(name), name }],
        } as Parameters<typeof listener>[0],
      )
    ),
  ];
}

function isLate(name: string): boolean {
  return name.startsWith("late");
}
