import { ApiConfigSource_ApiType, ApiConfigSourceSchema } from "../../../gen/envoy/config/core/v3/config_source_pb.ts";
import { check } from "../check.ts";

/** A source by gRPC names services, and one by REST a cluster. */
export const API_CONFIG_SOURCE = check(ApiConfigSourceSchema, "config_source.api", (source, at) => {
  const { apiType, clusterNames, grpcServices, refreshDelay } = source;
  if (apiType === ApiConfigSource_ApiType.REST) {
    if (clusterNames.length !== 1) {
      at.error({
        path: "cluster_names",
        message: "Must be the name of one cluster, since the source is polled by REST",
      });
    }
    if (grpcServices.length > 0) {
      at.error({ path: "grpc_services", message: "Must be empty, since the source is polled by REST" });
    }
    if (refreshDelay === undefined) {
      at.error({ message: "Must have a refresh_delay, since the source is polled by REST" });
    }
  } else if (apiType === ApiConfigSource_ApiType.GRPC || apiType === ApiConfigSource_ApiType.DELTA_GRPC) {
    if (clusterNames.length > 0) {
      at.error({ path: "cluster_names", message: "Must be empty, since the source is one of gRPC" });
    }
    if (grpcServices.length === 0 || grpcServices.length > 2) {
      at.error({ path: "grpc_services", message: "Must be one service, or two of which the second is a fallback" });
    }
  }
});
