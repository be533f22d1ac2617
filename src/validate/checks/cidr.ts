import { CidrRangeSchema } from "../../../gen/envoy/config/core/v3/address_pb.ts";
import { check } from "../check.ts";
import { isIp } from "./ip-address.ts";

/** A range of addresses begins with one. */
export const CIDR = check(CidrRangeSchema, "cidr.address", ({ addressPrefix }, at) => {
  if (isIp(addressPrefix)) return;
  at.error({ path: "address_prefix", message: "Must be an IP address", value: addressPrefix });
});
