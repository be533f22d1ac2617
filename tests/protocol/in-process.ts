import { fromBinary } from "@bufbuild/protobuf";
import {
  DeltaDiscoveryResponseSchema,
  DiscoveryResponseSchema,
} from "../../gen/envoy/service/discovery/v3/discovery_pb.ts";
import {
  DEFAULT_STREAM_LIMITS,
  DiscoveryStream,
  GRPC_PREFIX_LENGTH,
  type OutgoingResponse,
  ProtocolError,
  ResponseFactory,
} from "../../src/stream/mod.ts";
import { v3 } from "../../src/v3/mod.ts";
import type { Connect } from "./run-transcript.ts";
import { TYPES } from "./transcript.ts";

/** The stream machine alone: no transport, no promise, nothing to wait for. */
export const inProcess: Connect = ({ variant, service, holdBackMs = 15_000 }, cache, callbacks) => {
  let ended: string | undefined;
  let now = 0;
  const stream = new DiscoveryStream({
    id: 1,
    variant,
    api: v3,
    typeUrl: service && TYPES[service],
    cache,
    responses: new ResponseFactory({ identifier: "test" }),
    callbacks,
    limits: DEFAULT_STREAM_LIMITS,
    holdBackMs,
    wake() {},
  });
  const schema = variant === "sotw" ? DiscoveryResponseSchema : DeltaDiscoveryResponseSchema;
  const ready: OutgoingResponse[] = [];
  const next = () => {
    const response = ready.shift() ?? stream.next(now);
    return Promise.resolve(response && fromBinary(schema, response.frame.subarray(GRPC_PREFIX_LENGTH)));
  };
  return Promise.resolve({
    send(request) {
      try {
        stream.receive(request);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        ended = error.code;
        stream.close();
      }
    },
    next,
    settle: () => Promise.resolve(),
    rest: next,
    wait(ms) {
      // What may be sent already goes before the time passes.
      for (let response; (response = stream.next(now)) !== undefined;) ready.push(response);
      now += ms;
      return Promise.resolve();
    },
    ended: () => Promise.resolve(ended ?? "still open"),
    close() {
      stream.close();
      return Promise.resolve();
    },
  });
};
