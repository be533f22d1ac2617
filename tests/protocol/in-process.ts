import { fromBinary } from "@bufbuild/protobuf";
import {
  DeltaDiscoveryResponseSchema,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import { GRPC_PREFIX_LENGTH, type OutgoingResponse } from "../../src/stream/mod.ts";
import { FakeClient } from "../../src/testing/mod.ts";
import { v3 } from "../../src/v3/mod.ts";
import type { Connect } from "./run-transcript.ts";
import { ALL_TYPES } from "./transcript.ts";

/** The stream alone: no transport, no promises, no timers. */
export const inProcess: Connect = ({ variant, service, holdBackMs, isolate = true }, cache, callbacks) => {
  const typeUrl = service && ALL_TYPES[service];
  const client = new FakeClient({ cache, api: v3, variant, callbacks, typeUrl, holdBackMs, isolate });
  const schema = variant === "sotw" ? DiscoveryResponseSchema : DeltaDiscoveryResponseSchema;
  const ready: OutgoingResponse[] = [];
  const next = () => {
    const response = ready.shift() ?? client.next();
    return Promise.resolve(response && fromBinary(schema, response.frame.subarray(GRPC_PREFIX_LENGTH)));
  };
  return Promise.resolve({
    send: (request) => client.send(request),
    next,
    settle: () => Promise.resolve(),
    rest: next,
    wait(ms) {
      // Responses that may be sent already are sent before the time passes.
      for (let response; (response = client.next()) !== undefined;) ready.push(response);
      client.wait(ms);
      return Promise.resolve();
    },
    ended: () => Promise.resolve(client.ended?.code ?? "still open"),
    close: () => Promise.resolve(client.close()),
  });
};
