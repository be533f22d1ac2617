import { execFile } from "node:child_process";
import { expect, it } from "vitest";

it("Watchdog ends a process that hangs, and prints the input", async () => {
  const module = new URL("watchdog.ts", import.meta.url);
  const program = `import { Watchdog } from "${module}"; new Watchdog(9, 200).begin(Uint8Array.of(1, 2, 3)); for (;;);`;
  const { signal, stderr } = await new Promise<{ signal: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, ["--input-type=module", "--eval", program], { timeout: 50_000 }, (error, _, stderr) => {
      resolve({ signal: error?.signal, stderr });
    });
  });
  expect([signal, stderr]).toEqual(["SIGKILL", "FINDING: an input took more than 200 ms\n  AQID\n"]);
});
