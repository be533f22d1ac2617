export { freePort } from "../examples/cluster/free-port.ts";
