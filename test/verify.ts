// `bun run verify`: what is missing is got, then every check and every test runs.
// Imports no package: on a bare machine there is none yet.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { installPackages } from "../src/app/up/packages.ts";
import { findRedis, planRedis } from "../src/app/up/redis-binary.ts";
import { auditDependencies } from "./audit.ts";
import { type CheckResult, runChecks } from "./check.ts";

interface Tally {
  passed: number;
  failed: number;
}

const CHECKOUT = resolve(import.meta.dir, "..");
/** Folders whose files share one process; files elsewhere may break what is around them. */
const TOGETHER = ["test/tidy", "test/unit", "test/contract"];
/** Files that ask all of the machine, or whose time-outs are those of the product. */
const ALONE: readonly string[] = ["bench", "come-and-go", "kicked", "outside", "overload", "prove"];
/** Others run so many at a time: most of their time they wait for services to start. */
const AT_ONCE = 2;
/** Files that run once more, on a Redis Cluster of three. */
const ON_CLUSTER_TOO = [
  "test/integration/sdk.test.ts",
  "test/integration/promises.test.ts",
  "test/integration/http/calls.test.ts",
];
const CLUSTER = { LINNET_TEST_REDIS: "cluster" };
const PROCESS_TIMEOUT_MS = 8 * 60_000;
const TEST_TIMEOUT_MS = 60_000;

async function main(): Promise<number> {
  const tally: Tally = { passed: 0, failed: 0 };
  const since = performance.now();
  if (installPackages(CHECKOUT, { allowed: true }) && redisIsThere()) {
    await runChecks((result) => tellCheck(result, tally));
    tellCheck(await auditDependencies(), tally);
    await runAll(tally);
  } else {
    tally.failed += 1;
  }
  console.log(`\n${secondsSince(since)} in all`);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 ? 0 : 1;
}

function redisIsThere(): boolean {
  const stateDir = join(CHECKOUT, ".linnet");
  if (findRedis(stateDir) !== null) return true;
  const plan = planRedis(stateDir);
  if (plan === null) {
    console.log("There is no redis-server here, and no package manager that this program knows.");
    return false;
  }
  console.log(`There is no redis-server here. Getting one by:\n  ${plan.commands.join("\n  ")}`);
  try {
    plan.carryOut();
    return true;
  } catch (error) {
    console.log(String(error));
    return false;
  }
}

/** What each `bun test` gets: a folder, or one file. */
function testTargets(): string[] {
  const files = [...new Bun.Glob("test/**/*.test.ts").scanSync(CHECKOUT)].sort();
  const isTogether = (file: string) => TOGETHER.some((folder) => file.startsWith(`${folder}/`));
  const folders = TOGETHER.filter((folder) => files.some((file) => file.startsWith(`${folder}/`)));
  return [...folders, ...files.filter((file) => !isTogether(file))];
}

async function runAll(tally: Tally): Promise<void> {
  const reports = mkdtempSync(join(tmpdir(), "linnet-verify-"));
  const targets = testTargets().map((target) => ({ target, env: {} }));
  const onCluster = ON_CLUSTER_TOO.map((target) => ({ target, env: CLUSTER }));
  const alone = targets.filter(({ target }) => isAlone(target));
  const beside = targets.filter(({ target }) => !isAlone(target));
  let count = 0;
  const drain = async (queue: { target: string; env: Readonly<Record<string, string>> }[]) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await runTests(next.target, next.env, join(reports, `${count++}.xml`), tally);
    }
  };
  const queue = [...beside, ...onCluster];
  await Promise.all(Array.from({ length: AT_ONCE }, () => drain(queue)));
  await drain(alone);
  rmSync(reports, { recursive: true, force: true });
}

function isAlone(target: string): boolean {
  return ALONE.some((name) => target.endsWith(`/${name}.test.ts`) || target.includes(`/${name}/`));
}

async function runTests(
  target: string,
  env: Readonly<Record<string, string>>,
  report: string,
  tally: Tally,
): Promise<void> {
  const since = performance.now();
  const child = Bun.spawn(
    [
      ...[process.execPath, "test", `./${target}`, "--timeout", `${TEST_TIMEOUT_MS}`],
      ...["--reporter=junit", "--reporter-outfile", report],
    ],
    {
      cwd: CHECKOUT,
      env: { ...process.env, ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: PROCESS_TIMEOUT_MS,
      killSignal: "SIGKILL",
    },
  );
  const [out, err, code] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  const counted = countReport(report);
  // A process that fails without a failed test was cut short, or broke outside of its tests.
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  tally.passed += counted.passed;
  tally.failed += counted.failed;
  const word = counted.failed === 0 ? "ok  " : "FAIL";
  const numbers = `${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped`;
  const where = env === CLUSTER ? " on a Redis Cluster" : "";
  console.log(`${word}  ${target}${where}: ${numbers} in ${secondsSince(since)}`);
  if (counted.failed > 0) console.log(lastLines(`${out}${err}`, 200));
}

function tellCheck(result: CheckResult, tally: Tally): void {
  if (result.passed) tally.passed += 1;
  else tally.failed += 1;
  const word = result.passed ? "ok  " : "FAIL";
  console.log(`${word}  ${result.name} in ${result.seconds.toFixed(1)} s`);
  if (!result.passed) console.log(lastLines(result.output, 100));
}

/** The sums that `bun test` writes into the root of its JUnit report. */
function countReport(path: string): { passed: number; failed: number; skipped: number } {
  let root = "";
  try {
    root = /<testsuites[^>]*>/.exec(readFileSync(path, "utf8"))?.[0] ?? "";
  } catch {
    // The process did not live to write it.
  }
  const sum = (name: string) => Number(new RegExp(`\\s${name}="(\\d+)"`).exec(root)?.[1] ?? 0);
  const failed = sum("failures") + sum("errors");
  return { passed: sum("tests") - failed - sum("skipped"), failed, skipped: sum("skipped") };
}

function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}

function secondsSince(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

process.exit(await main());
