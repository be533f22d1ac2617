import { ExternalProcessorSchema } from "../../../gen/envoy/extensions/filters/http/ext_proc/v3/ext_proc_pb.ts";
import { check } from "../check.ts";

/** Requests are processed by one service. */
export const EXT_PROC = check(ExternalProcessorSchema, "ext_proc.service", ({ grpcService, httpService }, at) => {
  if ((grpcService === undefined) !== (httpService === undefined)) return;
  at.error({ message: "Must have a grpc_service or an http_service, and not both" });
});
