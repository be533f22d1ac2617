export { listen, type Listener } from "./listen.ts";
export type { KeepaliveOptions, ListenOptions, TlsOptions } from "./listen-options.ts";
export { type RestListener, restListener } from "./rest-listener.ts";
