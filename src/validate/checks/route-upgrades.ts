import { RouteActionSchema } from "../../../gen/envoy/config/route/v3/route_components_pb.ts";
import { check } from "../check.ts";

/** An upgrade is configured once, and one of CONNECT only has a configuration of that. */
export const ROUTE_UPGRADES = check(RouteActionSchema, "route.upgrade", ({ upgradeConfigs }, at) => {
  const known = new Set<string>();
  for (const [i, { upgradeType, connectConfig }] of upgradeConfigs.entries()) {
    const path = `upgrade_configs[${i}]`;
    const key = upgradeType.toLowerCase();
    if (known.has(key)) {
      at.error({ path: `${path}.upgrade_type`, message: "Must be there once", value: upgradeType });
    }
    known.add(key);
    if (connectConfig !== undefined && !CONNECT.includes(key)) {
      at.error({ path: `${path}.connect_config`, message: "Must be of an upgrade of CONNECT", value: upgradeType });
    }
  }
});

const CONNECT = ["connect", "connect-udp"];
