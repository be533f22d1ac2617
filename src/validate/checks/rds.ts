import {
  RdsSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { isXdstp } from "../../resource/mod.ts";
import { check } from "../check.ts";

/** Routes come from somewhere; the name of an `xdstp:` resource says where. */
export const RDS_SOURCE = check(RdsSchema, "rds.config_source", ({ configSource, routeConfigName }, at) => {
  if (configSource === undefined && !isXdstp(routeConfigName)) at.error({ message: "Must have a config_source" });
});
