import { ClusterSchema } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { Cluster_LbPolicy } from "../../../gen/envoy/config/cluster/v3/cluster_pb.ts";
import { check } from "../check.ts";

/** The sizes of a hash ring are in order, and that of a Maglev table is a prime. */
export const CLUSTER_RING_HASH = check(ClusterSchema, "cluster.hash_table", ({ lbPolicy, lbConfig }, at) => {
  const { case: is, value } = lbConfig;
  if (is === "ringHashLbConfig" && lbPolicy === Cluster_LbPolicy.RING_HASH) {
    const least = value.minimumRingSize ?? 1024n;
    if (least <= (value.maximumRingSize ?? 8_388_608n)) return;
    const message = "Must be at most the maximum_ring_size";
    at.error({ path: "ring_hash_lb_config.minimum_ring_size", message, value: `${least}` });
  }
  if (is === "maglevLbConfig" && lbPolicy === Cluster_LbPolicy.MAGLEV && value.tableSize !== undefined) {
    // A rule of the API limits it, so that this ends soon.
    if (value.tableSize > MAX_TABLE || isPrime(Number(value.tableSize))) return;
    at.error({ path: "maglev_lb_config.table_size", message: "Must be a prime", value: `${value.tableSize}` });
  }
});

const MAX_TABLE = 5_000_011n;

function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let i = 2; i * i <= number; i++) if (number % i === 0) return false;
  return true;
}
