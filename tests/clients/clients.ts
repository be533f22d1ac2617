import { installGo, installJava, installJs, type InstallOptions, installPython } from "./install.ts";

/** A client that another project wrote. */
export interface ClientKind {
  /** As it is in the table and on the command line. */
  readonly name: string;
  readonly what: string;
  /** Which API it speaks. */
  readonly api: "v2" | "v3";
  /** What it can do as a server that is configured over xDS. */
  readonly server: {
    /** It can be one at all. */
    readonly works: boolean;
    /** It says when it starts and stops serving; grpc-js says the one only, and grpcio in Python nothing. */
    readonly reportsModes: boolean;
  };
  /** How it names itself in its node. */
  readonly userAgent: RegExp;
  readonly habits: Habits;
  /** Gives the command that runs it. */
  install(options: InstallOptions): Promise<readonly string[]>;
}

/** What a client does that the protocol leaves open, or that surprises. */
export interface Habits {
  /** The version in a rejection of which a part was good: the one that it rejects, or the one before. */
  readonly rejects: "new version" | "old version";
  /** It repeats the reason of a rejection in each later request of the type. */
  readonly repeatsReason: boolean;
  /** How it leaves when its last target is closed. */
  readonly leaves: "by half-close" | "by reset";
  /** Calls that fail by its own doing, whatever the server does. */
  readonly ownFailure?: RegExp;
}

/** Routes are in use a moment before the clusters that they lead to. */
const GO_OWN_FAILURE = /^Unavailable: unknown cluster selected for RPC/;

/** All of them. */
export const CLIENTS: readonly ClientKind[] = [
  {
    name: "grpc-go",
    what: "Go, google.golang.org/grpc 1.85.0",
    api: "v3",
    server: { works: true, reportsModes: true },
    userAgent: /^gRPC Go 1\.85\.0$/,
    habits: { rejects: "old version", repeatsReason: false, leaves: "by reset", ownFailure: GO_OWN_FAILURE },
    install: (options) => installGo("go", "", options),
  },
  {
    name: "grpcio",
    what: "Python, grpcio 1.85.3, on the C++ core",
    api: "v3",
    server: { works: true, reportsModes: false },
    userAgent: /^gRPC C-core .*/,
    habits: { rejects: "new version", repeatsReason: false, leaves: "by reset" },
    install: installPython,
  },
  {
    name: "grpc-js",
    what: "Node, @grpc/grpc-js 1.14.7 with @grpc/grpc-js-xds 1.14.1",
    api: "v3",
    server: { works: true, reportsModes: false },
    userAgent: /^gRPC Node .*/,
    habits: { rejects: "new version", repeatsReason: true, leaves: "by half-close" },
    install: installJs,
  },
  {
    name: "grpc-java",
    what: "Java, io.grpc:grpc-xds 1.85.1",
    api: "v3",
    server: { works: true, reportsModes: true },
    userAgent: /^gRPC Java 1\.85\.1$/,
    habits: { rejects: "old version", repeatsReason: false, leaves: "by reset" },
    install: installJava,
  },
  {
    name: "grpc-go-v2",
    what: "Go, google.golang.org/grpc 1.51.0, the last that speaks v2",
    api: "v2",
    server: { works: false, reportsModes: false },
    userAgent: /^gRPC Go 1\.51\.0$/,
    habits: { rejects: "old version", repeatsReason: false, leaves: "by reset", ownFailure: GO_OWN_FAILURE },
    install: (options) => installGo("v2", "v2", options),
  },
];
