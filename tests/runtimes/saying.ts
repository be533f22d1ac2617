import type { DiscoveryCallbacks, StreamInfo } from "../../mod.ts";
import type { Said } from "./command.ts";

/** Callbacks that report their arguments in a form that can be sent to another process. */
export function saying(say: (said: Said) => void): DiscoveryCallbacks {
  return {
    onStreamOpen: ({ id }) => say({ what: "open", stream: id }),
    onRequest: (stream, { typeUrl, nonce, versionInfo: version, names, error }) => {
      const client = clientOf(stream);
      const message = error && { message: error.message };
      say({ what: "request", stream: stream.id, typeUrl, nonce, version, names, client, ...message });
    },
    onResponse: ({ id }, { typeUrl, version, nonce, resources }) => {
      say({ what: "response", stream: id, typeUrl, version, nonce, names: resources.map(({ name }) => name) });
    },
    onAck: ({ id }, { typeUrl, version, nonce }) => say({ what: "ack", stream: id, typeUrl, version, nonce }),
    onNack: ({ id }, { typeUrl, version, nonce, message, resources }) => {
      const names = resources.filter(({ isCertain }) => isCertain).map(({ name }) => name);
      say({ what: "nack", stream: id, typeUrl, version, nonce, message, names });
    },
    onQuarantine: ({ id }, { typeUrl, version, name, reason: message }) => {
      say({ what: "quarantine", stream: id, typeUrl, version, names: [name], message });
    },
    onRelease: ({ id }, { typeUrl, version, name }) => {
      say({ what: "release", stream: id, typeUrl, version, names: [name] });
    },
    onStreamClose: ({ id }, error) => say({ what: "close", stream: id, ...error && { message: error.message } }),
    onError: (error, stream) => say({ what: "error", stream: stream?.id ?? 0, message: String(error) }),
  };
}

function clientOf({ node }: StreamInfo): string {
  const { userAgentName, userAgentVersionType: version } = node!;
  return `${userAgentName} ${version.case === "userAgentVersion" ? version.value : ""}`.trim();
}
