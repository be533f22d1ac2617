import { Code } from "@connectrpc/connect";
import { onRejection } from "../cache/mod.ts";
import { typeName } from "../stream/mod.ts";
import type { DiscoveryCallbacks } from "./callbacks.ts";
import { oneLine } from "../resource/one-line.ts";
import { readableError } from "./readable-error.ts";

/**
 * Makes callbacks that print what happens on streams and polls, one line each, for people who watch: connected, sent, ACK,
 * NACK, closed. It has names and versions of resources, never their content. A program has the option `log`, which has
 * fields and levels.
 *
 * @param print - called with each line, such as `console.log`; what it throws is ignored
 */
export function logCallbacks(print: (line: string) => void): DiscoveryCallbacks {
  const greeted = new Set<number>();
  function say(line: string): void {
    try {
      onRejection(print(oneLine(line)), () => {});
    } catch {
      // What prints must not refuse a stream.
    }
  }
  return {
    onRequest({ id, node, variant, typeUrl, peer }) {
      // Before the first request nothing is known of the client.
      if (greeted.has(id)) return;
      greeted.add(id);
      const service = typeUrl === undefined ? "ADS" : typeName(typeUrl);
      say(`#${id} node ${quoted(node?.id)} connected from ${peer ?? "an unknown address"}: ${service}, ${variant}`);
    },
    onResponse({ id }, { typeUrl, version, resources, removed }) {
      const removal = removed.length === 0 ? "" : `, removed ${list(removed)}`;
      say(`#${id} sent ${typeName(typeUrl)} ${version}: ${list(resources.map(({ name }) => name))}${removal}`);
    },
    onAck({ id }, { typeUrl, version }) {
      say(`#${id} ACK  ${typeName(typeUrl)} ${version}`);
    },
    onNack({ id, node }, { typeUrl, version, message }) {
      say(`#${id} NACK ${typeName(typeUrl)} ${version} by node ${quoted(node?.id)}: ${message}`);
    },
    onQuarantine({ id }, { typeUrl, name, by, reason }) {
      say(`#${id} keeps ${typeName(typeUrl)} ${quoted(name)} from the client, by ${by}: ${reason}`);
    },
    onRelease({ id }, { typeUrl, name, why }) {
      say(`#${id} sends ${typeName(typeUrl)} ${quoted(name)} again: ${why}`);
    },
    onStreamClose({ id }, error) {
      greeted.delete(id);
      const why = error?.code === Code.Canceled ? " by the client" : error === undefined ? "" : `: ${error.message}`;
      say(`#${id} closed${why}`);
    },
    onFetchResponse({ protocol, typeUrl, node }, { modified, version, resources }) {
      const sent = modified ? `${version}: ${list(resources.map(({ name }) => name))}` : "not modified";
      say(`poll of node ${quoted(node.id)} by ${protocol}: ${typeName(typeUrl)} ${sent}`);
    },
    onError(thrown, stream) {
      const error = readableError(thrown);
      const where = stream === undefined ? "" : `#${stream.id} `;
      say(`${where}error: ${error instanceof Error ? error.message : String(error)}`);
    },
  };
}

function quoted(text = ""): string {
  return JSON.stringify(text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`);
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(", ");
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown || "nothing";
}

const MAX_NAMES = 5;
/** Clients choose ids. In UTF-16 units. */
const MAX_LENGTH = 128;
