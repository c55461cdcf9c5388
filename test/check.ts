// Every check of the code that is not a test; by itself `bun run check`, and a part of verify.
import { join, resolve } from "node:path";

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

const CHECKOUT = resolve(import.meta.dir, "..");

const CHECKS: ReadonlyArray<readonly [name: string, program: string, ...args: string[]]> = [
  ["types", "tsc", "--noEmit"],
  ["lint", "oxlint", "--type-aware", "--deny-warnings", "."],
  ["format", "biome", "format", "."],
  ["unused code and packages", "knip", "--no-progress", "--no-config-hints"],
  ["proto rules", "buf", "lint", "proto"],
  ["migrations", "drizzle-kit", "check"],
];

/** Runs one after the other and tells of each as it ends. */
export async function runChecks(tell: (result: CheckResult) => void): Promise<void> {
  for (const [name, program, ...args] of CHECKS) {
    const since = performance.now();
    const child = Bun.spawn([join(CHECKOUT, "node_modules", ".bin", program), ...args], {
      cwd: CHECKOUT,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err, code] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    const seconds = (performance.now() - since) / 1000;
    tell({ name, passed: code === 0, seconds, output: out + err });
  }
}

async function main(): Promise<number> {
  let failed = 0;
  await runChecks((result) => {
    console.log(`${result.passed ? "ok  " : "FAIL"}  ${result.name}`);
    if (result.passed) return;
    failed += 1;
    console.log(result.output);
  });
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) process.exit(await main());
