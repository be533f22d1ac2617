/** What is used of the package `@connectrpc/connect-node`. */
export type ConnectNode = Pick<
  typeof import("@connectrpc/connect-node"),
  "universalRequestFromNodeRequest" | "universalResponseToNodeResponse"
>;

/** Gives the package: at once where it is loaded. It rejects if the package is not installed. */
export type ConnectNodeSource = () => ConnectNode | Promise<ConnectNode>;

/**
 * Loads the package, which only unary methods need, at its first use: so that a missing one is reported with what to do,
 * and that the others do not wait for it.
 */
export const connectNode: ConnectNodeSource = sourceOf(() => import("@connectrpc/connect-node"));

/** The same for any way to load it. */
export function sourceOf(load: () => Promise<ConnectNode>): ConnectNodeSource {
  let loaded: ConnectNode | undefined;
  return () => loaded ?? load().then((module) => loaded = module, (cause) => Promise.reject(notInstalled(cause)));
}

function notInstalled(cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code !== "ERR_MODULE_NOT_FOUND") return cause;
  const what = "Cannot listen: the package @connectrpc/connect-node is not installed";
  return Object.assign(new Error(`${what}; run npm install @connectrpc/connect-node`, { cause }), { code });
}
