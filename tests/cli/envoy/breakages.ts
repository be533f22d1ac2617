import { execFileSync } from "node:child_process";
import { mkdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A way to break what is served. */
export interface Breakage {
  readonly title: string;
  /** What the error is to say, with its place. */
  readonly says: RegExp;
  /** @returns repairs it */
  readonly breakIt: (directory: string) => Promise<() => Promise<void>>;
}

const CLUSTER = '"@type": type.googleapis.com/envoy.config.cluster.v3.Cluster\n';
const ROUTES = '"@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration\n';

/** A file that is added, with a text. */
function file(title: string, text: string | Uint8Array, says: RegExp): Breakage {
  return {
    title,
    says,
    async breakIt(directory) {
      const path = join(directory, "z.yaml");
      await writeFile(path, text);
      return () => rm(path);
    },
  };
}

/** What breaks, and what is said of it. */
export const BREAKAGES: readonly Breakage[] = [
  file("YAML that is not", `${CLUSTER}name: "x\n`, /z\.yaml:\d+:\d+: Not YAML/),
  file("tab indentation", `${CLUSTER}name: x\neds_cluster_config:\n\tservice_name: y\n`, /z\.yaml:4:1: Not YAML/),
  file("an unknown field", `${CLUSTER}name: x\nconnect_timeut: 1s\n`, /z\.yaml:3:1:? .*did you mean "connect_timeout"/),
  file("a wrong type", `${CLUSTER}name: x\ncommon_lb_config: 7\n`, /z\.yaml:3:19:? .*Expected an object/),
  file("an unknown value", `${CLUSTER}name: x\ntype: STRIC_DNS\n`, /z\.yaml:3:7:? .*did you mean "STRICT_DNS"/),
  file(
    "a rule violated",
    `${CLUSTER}name: x\nconnect_timeout: -1s\n`,
    /z\.yaml:3:18:? .*connect_timeout.*\[duration\.gt\]/,
  ),
  file(
    "a reference that leads nowhere",
    `${ROUTES}name: x\nvirtual_hosts:\n- name: a\n  domains: [a]\n  routes:\n  - match: { prefix: / }\n    route: { cluster: ap }\n`,
    /z\.yaml:8:23:? .*Cluster that exists, not ap .*app/,
  ),
  file("a name twice", `${CLUSTER}name: app\n`, /z\.yaml:1:1:? .*"app" is given twice.*app\.yaml:2:1/),
  file("a key twice", `${CLUSTER}name: x\nname: y\n`, /z\.yaml:3:1:? .*The key is there twice/),
  file("a type that is unknown", '"@type": type.googleapis.com/envoy.config.Clustr\n', /z\.yaml:1:10:? .*Unknown type/),
  file("a shape that is unknown", "hello: world\n", /z\.yaml:1:1: Expected a resource with "@type"/),
  file(
    "a variable that is missing",
    `${CLUSTER}name: \${NOT_SET_ANYWHERE}\n`,
    /z\.yaml:2:7:? .*NOT_SET_ANYWHERE is not set/,
  ),
  file("a file to insert that is missing", `${CLUSTER}name: \${file:none.txt}\n`, /z\.yaml:2:7:? .*none\.txt: ENOENT/),
  file(
    "a removal of what is not there",
    `remove:\n- ${CLUSTER}  name: x\n`,
    /z\.yaml:2:3:? .*remove\[0\]: Cannot remove/,
  ),
  file("an empty file", "", /z\.yaml: It is empty/),
  file("a binary file", Uint8Array.from({ length: 999 }, (_, i) => (i * 7) % 256), /z\.yaml: It is not text/),
  file("UTF-16", Buffer.from(`\ufeff${CLUSTER}name: x\n`, "utf16le"), /z\.yaml: It is not text in UTF-8/),
  file("a document that is too deep", `a: ${"[".repeat(5_000)}${"]".repeat(5_000)}\n`, /z\.yaml:1:\d+:? .*levels deep/),
  file(
    "a bomb of aliases",
    `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("")}`,
    /z\.yaml:\d+:\d+:? .*Aliases stand for more/,
  ),
  {
    title: "a file of 100 MB",
    says: /z\.yaml: It has 104857600 bytes/,
    async breakIt(directory) {
      const path = join(directory, "z.yaml");
      await writeFile(path, "");
      await truncate(path, 100 * 1024 * 1024);
      return () => rm(path);
    },
  },
  {
    title: "a pipe, which cannot be read",
    says: /z\.yaml: It is not a regular file/,
    breakIt(directory) {
      const path = join(directory, "z.yaml");
      execFileSync("mkfifo", [path]);
      return Promise.resolve(() => rm(path));
    },
  },
  {
    title: "a link that leads nowhere",
    says: /z\.yaml: It cannot be read: (ENOENT|.*No such file)/,
    async breakIt(directory) {
      const path = join(directory, "z.yaml");
      await symlink("none.yaml", path);
      return () => rm(path);
    },
  },
  {
    title: "links in a circle",
    says: /z: It is a link to a directory above it/,
    async breakIt(directory) {
      await mkdir(join(directory, "y"));
      await symlink("..", join(directory, "y/z"));
      return () => rm(join(directory, "y"), { recursive: true });
    },
  },
  {
    title: "a directory that is deleted half-way",
    says: /listener\.yaml:\d+:\d+ .*RouteConfiguration that exists|routes.*Cluster that exists/,
    async breakIt(directory) {
      const { readFile } = await import("node:fs/promises");
      const texts = await Promise.all(["app.yaml", "routes.yaml"].map((name) => readFile(join(directory, name))));
      for (const name of ["app.yaml", "routes.yaml"]) await rm(join(directory, name));
      return async () => {
        await writeFile(join(directory, "app.yaml"), texts[0]!);
        await writeFile(join(directory, "routes.yaml"), texts[1]!);
      };
    },
  },
];
