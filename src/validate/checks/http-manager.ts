import {
  HttpConnectionManager_CodecType,
  HttpConnectionManagerSchema,
} from "../../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts";
import { ListenerSchema } from "../../../gen/envoy/config/listener/v3/listener_pb.ts";
import { check } from "../check.ts";

/** An upgrade is configured once. */
export const UPGRADES = check(HttpConnectionManagerSchema, "duplicate.upgrade", ({ upgradeConfigs }, at) => {
  const known = new Set<string>();
  for (const [i, { upgradeType }] of upgradeConfigs.entries()) {
    const key = upgradeType.toLowerCase();
    if (known.has(key)) {
      at.error({ path: `upgrade_configs[${i}].upgrade_type`, message: "Must be there once", value: upgradeType });
    }
    known.add(key);
  }
});

/** The address of the client comes from one place. */
export const ORIGINAL_IP = check(HttpConnectionManagerSchema, "http_manager.original_ip", (manager, at) => {
  if (manager.originalIpDetectionExtensions.length === 0) return;
  if (manager.useRemoteAddress !== true && manager.xffNumTrustedHops === 0) return;
  at.error({
    path: "original_ip_detection_extensions",
    message: "Must not be there together with use_remote_address or xff_num_trusted_hops",
  });
});

/** Ports are left out of host names in one way. */
export const STRIP_PORT = check(HttpConnectionManagerSchema, "http_manager.strip_port", (manager, at) => {
  if (!manager.stripMatchingHostPort || manager.stripPortMode.case !== "stripAnyHostPort") return;
  if (!manager.stripPortMode.value) return;
  at.error({ path: "strip_any_host_port", message: "Must not be there together with strip_matching_host_port" });
});

/** HTTP/3 needs QUIC. */
export const HTTP3 = check(HttpConnectionManagerSchema, "http_manager.http3", ({ codecType }, at) => {
  const listener = at.around(ListenerSchema);
  if (codecType !== HttpConnectionManager_CodecType.HTTP3 || listener === undefined) return;
  if (listener.udpListenerConfig?.quicOptions !== undefined) return;
  at.error({ path: "codec_type", message: "Must not be HTTP3 in a listener without udp_listener_config.quic_options" });
});
