import { Code } from "@connectrpc/connect";
import type { DiscoveryCallbacks } from "../../mod.ts";

/** Makes callbacks that print what happens on the streams, one line each. */
export function report(print: (line: string) => void): DiscoveryCallbacks {
  const greeted = new Set<number>();
  return {
    onRequest({ id, node, variant, typeUrl, peer }) {
      // Before the first request nothing is known of the client.
      if (greeted.has(id)) return;
      greeted.add(id);
      const service = typeUrl === undefined ? "ADS" : shortName(typeUrl);
      print(`#${id} node "${node?.id}" connected from ${peer ?? "an unknown address"}: ${service}, ${variant}`);
    },
    onResponse({ id }, { typeUrl, version, resources, removed }) {
      const removal = removed.length === 0 ? "" : `, removed ${list(removed)}`;
      print(`#${id} sent ${shortName(typeUrl)} ${version}: ${list(resources.map(({ name }) => name))}${removal}`);
    },
    onAck({ id }, { typeUrl, version }) {
      print(`#${id} ACK  ${shortName(typeUrl)} ${version}`);
    },
    onNack({ id }, { typeUrl, version, message }) {
      print(`#${id} NACK ${shortName(typeUrl)} ${version}: ${message}`);
    },
    onStreamClose({ id }, error) {
      greeted.delete(id);
      const why = error?.code === Code.Canceled ? " by the client" : error === undefined ? "" : `: ${error.message}`;
      print(`#${id} closed${why}`);
    },
    onError(error) {
      print(`error: ${error instanceof Error ? error.stack : error}`);
    },
  };
}

function shortName(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf(".") + 1);
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown || "nothing";
}
