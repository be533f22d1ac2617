import { CidrRangeSchema } from "../../../gen/envoy/config/core/v3/address_pb.ts";
import { check } from "../check.ts";
import { isIp } from "./ip-address.ts";

/** A range of addresses begins with one. */
export const CIDR = check(CidrRangeSchema, "cidr.address", ({ addressPrefix, prefixLen = 0 }, at) => {
  if (isIp(addressPrefix)) {
    if (addressPrefix.includes(":") || prefixLen <= 32) return;
    return at.warning({
      path: "prefix_len",
      message: "Must be at most 32, since the address is one of IPv4",
      value: `${prefixLen}`,
    });
  }
  at.error({ path: "address_prefix", message: "Must be an IP address", value: addressPrefix });
});
