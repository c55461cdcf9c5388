// micro: the parts of the path by themselves, each in a loop of its own.
import type { Gained } from "../allocation/main.ts";
import { join } from "node:path";
import { CHECKOUT } from "../machine/cores.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, median, otherResult, type OtherTrial } from "../run/result.ts";
import { FRAMINGS } from "../../src/wire/frame.ts";
import { bareRates } from "./bare.ts";

const CASES = ["verdict", "grants", "rate", "hash", "whole check"] as const;

export async function micro(context: Context): Promise<BenchResult> {
  const trials: OtherTrial[] = [];
  for (let number = 0; number < context.flags.trials; number++) {
    context.tell(`round ${number + 1} of ${context.flags.trials}`);
    for (const name of CASES) {
      const gained = run("allocation/main.ts", [name]) as unknown as Gained;
      const ns = gained.nanosecondsPerCall;
      trials.push({ subject: `filter: ${name}`, number, perSecond: 1e9 / ns, ns, ...gained });
    }
    for (const framing of FRAMINGS) {
      const nanoseconds = run("codec/main.ts", [framing, String(context.flags.bodyBytes)]);
      for (const [what, ns] of Object.entries(nanoseconds)) {
        trials.push({ subject: `${framing}: ${what}`, number, perSecond: 1e9 / ns, ns });
      }
    }
  }
  if (context.services !== undefined) {
    context.tell("append script and batch statement");
    const { bodyBytes } = context.flags;
    trials.push(...(await bareRates(context.services, bodyBytes, 0.5)));
  }
  const subjects = [...new Set(trials.map((trial) => trial.subject))];
  const of = (subject: string) =>
    1e9 / median(trials.filter((t) => t.subject === subject).map((t) => t.perSecond));
  return otherResult(context, {
    scenario: "micro",
    parameters: { bodyBytes: context.flags.bodyBytes },
    trials,
    figures: Object.fromEntries(subjects.map((subject) => [`${subject}, ns`, of(subject)])),
  });
}

/** In a process of its own, so that no case is compiled for another's types. */
function run(entry: string, args: readonly string[]): Record<string, number> {
  const child = Bun.spawnSync([process.execPath, join("bench", entry), ...args], {
    cwd: CHECKOUT,
    env: { ...process.env, BUN_JSC_useGC: entry.startsWith("allocation") ? "false" : "true" },
  });
  const last = child.stdout.toString().trimEnd().split("\n").at(-1) ?? "";
  if (child.exitCode !== 0) throw new Error(`${entry} failed:\n${child.stderr.toString()}`);
  return JSON.parse(last) as Record<string, number>;
}
