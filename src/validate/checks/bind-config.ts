import { BindConfigSchema } from "../../../gen/envoy/config/core/v3/address_pb.ts";
import { check } from "../check.ts";
import { isIp } from "./ip-address.ts";

/** Connections to upstreams begin at an IP address. */
export const SOURCE_ADDRESS = check(BindConfigSchema, "bind_config.source_address", ({ sourceAddress }, at) => {
  if (sourceAddress === undefined || sourceAddress.resolverName !== "" || isIp(sourceAddress.address)) return;
  at.error({ path: "source_address.address", message: "Must be an IP address", value: sourceAddress.address });
});
