/**
 * Runs the outside checks against a server that is up:
 * `bun test/outside/main.ts k1 k2 … [--env .linnet/env] [--url http://…]… [--times 30] [--scale 1]
 * [--seed 7] [--restart 'shell command that restarts every server process']`
 */

import { run as away } from "./away.ts";
import { runBadInput } from "./bad-input.ts";
import { runHttp } from "./http.ts";
import { run as k1 } from "./k1.ts";
import { run as k2 } from "./k2.ts";
import { run as k3 } from "./k3.ts";
import { run as k4 } from "./k4.ts";
import { run as k5 } from "./k5.ts";
import { run as k6 } from "./k6.ts";
import { run as k7 } from "./k7.ts";
import { run as k8 } from "./k8.ts";
import { run as k9 } from "./k9.ts";
import { reasonOf, until } from "../support/pace.ts";
import { type Check, httpBase, type Target, targetFromEnvFile } from "./target.ts";

const checks: Record<string, Check> = {
  k1,
  k2,
  k3,
  k4,
  k5,
  k6,
  k7,
  k8,
  k9,
  "bad-input": runBadInput,
  http: runHttp,
  away,
};

export interface Outcome {
  passed: string[];
  failed: string[];
}

export async function runChecks(names: readonly string[], target: Target): Promise<Outcome> {
  const outcome: Outcome = { passed: [], failed: [] };
  for (const name of names) {
    const check = checks[name];
    if (!check) throw new Error(`no check "${name}"; there are ${Object.keys(checks).join(", ")}`);
    const startMs = performance.now();
    const failures = await check(target).catch((error: unknown) => [
      error instanceof Error ? (error.stack ?? error.message) : reasonOf(error),
    ]);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    const list = failures.length === 0 ? outcome.passed : outcome.failed;
    list.push(name);
    console.log(`${failures.length === 0 ? "pass" : "FAIL"} ${name} (${seconds} s)`);
    for (const failure of failures.slice(0, 20)) console.log(`  ${failure}`);
    if (failures.length > 20) console.log(`  … and ${failures.length - 20} more`);
  }
  return outcome;
}

interface Arguments {
  names: string[];
  target: Target;
}

function readArguments(words: readonly string[]): Arguments {
  const names: string[] = [];
  const urls: string[] = [];
  const options = new Map<string, string>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (!word.startsWith("--")) {
      names.push(word);
      continue;
    }
    index += 1;
    const value = words[index];
    if (value === undefined) throw new Error(`${word} needs a value`);
    if (word === "--url") urls.push(httpBase(value));
    else if (["--env", "--times", "--scale", "--seed", "--restart"].includes(word))
      options.set(word, value);
    else throw new Error(`unknown option ${word}`);
  }
  const target = targetFromEnvFile(options.get("--env") ?? ".linnet/env");
  if (urls.length > 0) target.urls = urls;
  for (const name of ["times", "scale", "seed"] as const) {
    const value = options.get(`--${name}`);
    if (value !== undefined) target[name] = Number(value);
  }
  const restart = options.get("--restart");
  if (restart !== undefined) target.restart = () => restartBy(restart, target.urls);
  return { names: names.length > 0 ? names : Object.keys(checks), target };
}

/** Runs the command, then waits until every gateway says that it is ready. */
async function restartBy(command: string, urls: readonly string[]): Promise<void> {
  const child = Bun.spawn(["sh", "-c", command], { stdout: "ignore", stderr: "inherit" });
  const code = await child.exited;
  if (code !== 0) throw new Error(`the restart command ended with ${code}`);
  const ready = async (url: string): Promise<boolean> => {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    return answer?.ok === true;
  };
  for (const url of urls) {
    if (!(await until(() => ready(url), 60_000, 200))) throw new Error(`${url} is not ready`);
  }
}

if (import.meta.main) {
  const { names, target } = readArguments(process.argv.slice(2));
  const outcome = await runChecks(names, target);
  console.log(`${outcome.passed.length} passed, ${outcome.failed.length} failed`);
  process.exit(outcome.failed.length === 0 ? 0 : 1);
}
