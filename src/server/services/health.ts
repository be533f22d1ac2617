import { create, type DescService } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  Health,
  type HealthCheckRequest,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus as Status,
  HealthCheckResponseSchema,
  type HealthListRequest,
  HealthListRequestSchema,
  HealthListResponseSchema,
} from "../../../gen/grpc/health/v1/health_pb.ts";
import { frameOf } from "./frame.ts";
import type { HealthState } from "./health-state.ts";
import { type CallContext, checkNames, decode, type ServiceMethod } from "./service-call.ts";
import { oneResponse, type Responses, SingleRequestCall, type SingleRequestMethod } from "./single-request-call.ts";

/**
 * The methods of gRPC's health service. The services that are known are those that the server serves, and the empty name
 * stands for the whole server; all have the state of the server.
 * Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function healthMethods(served: readonly DescService[], state: HealthState): ServiceMethod[] {
  const names = new Set(["", ...served.map(({ typeName }) => typeName)]);
  const { check, watch, list } = Health.method;

  function checkOf(context: CallContext): SingleRequestMethod<HealthCheckRequest> {
    return {
      ...named(context),
      respond({ service }) {
        if (!names.has(service)) throw new ConnectError("Cannot check health: no such service", Code.NotFound);
        return oneResponse(responseOf(statusOf(state)));
      },
    };
  }

  function watchOf(context: CallContext): SingleRequestMethod<HealthCheckRequest> {
    return {
      ...named(context),
      respond: ({ service }) => {
        return followed(state, context.wake, names.has(service) ? statusOf : () => Status.SERVICE_UNKNOWN);
      },
    };
  }

  function listOf(): SingleRequestMethod<HealthListRequest> {
    return {
      decode: (message) => decode(HealthListRequestSchema, message),
      nameIn: () => "*",
      respond() {
        const status = statusOf(state);
        const statuses = Object.fromEntries([...names].map((name) => [name, { status }]));
        return oneResponse(frameOf(HealthListResponseSchema, create(HealthListResponseSchema, { statuses })));
      },
    };
  }

  return [
    { method: check, open: (context) => new SingleRequestCall(checkOf(context), context) },
    { method: watch, open: (context) => new SingleRequestCall(watchOf(context), context) },
    { method: list, open: (context) => new SingleRequestCall(listOf(), context) },
  ];
}

/** Requests that name a service. */
function named(context: CallContext): Pick<SingleRequestMethod<HealthCheckRequest>, "decode" | "nameIn"> {
  return {
    decode(message) {
      const request = decode(HealthCheckRequestSchema, message);
      checkNames([request.service], context);
      return request;
    },
    nameIn: ({ service }) => service,
  };
}

/** The present status, and each other one that follows. A client that is slow gets the latest. */
function followed(state: HealthState, wake: () => void, statusIn: (state: HealthState) => Status): Responses {
  const close = state.watch(wake);
  let sent: Status | undefined;
  return {
    isFinished: false,
    next() {
      const status = statusIn(state);
      if (status === sent) return undefined;
      sent = status;
      return responseOf(status);
    },
    close,
  };
}

function statusOf({ isServing }: HealthState): Status {
  return isServing ? Status.SERVING : Status.NOT_SERVING;
}

function responseOf(status: Status): Uint8Array {
  return frameOf(HealthCheckResponseSchema, create(HealthCheckResponseSchema, { status }));
}
