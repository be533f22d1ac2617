import type { BootstrapOptions } from "../../examples/demo/bootstrap.ts";

/** A way in which Envoy can talk to the server. */
export interface Mode {
  readonly name: string;
  readonly variant: "sotw" | "delta";
  readonly aggregated: boolean;
  readonly bootstrap: Omit<BootstrapOptions, "nodeId" | "xdsPort">;
}

/** All of them. */
export const MODES: readonly Mode[] = [
  mode("ADS, SotW, the node in every request", { variant: "sotw", aggregated: true }),
  mode("ADS, SotW, the node in the first request", { variant: "sotw", aggregated: true, nodeOnFirstMessageOnly: true }),
  mode("ADS, delta", { variant: "delta", aggregated: true }),
  mode("a stream per type, SotW", { variant: "sotw", aggregated: false }),
  mode("a stream per type, delta", { variant: "delta", aggregated: false }),
];

function mode(
  name: string,
  bootstrap: Mode["bootstrap"] & { readonly variant: Mode["variant"]; readonly aggregated: boolean },
): Mode {
  return { name, variant: bootstrap.variant, aggregated: bootstrap.aggregated, bootstrap };
}
