// direct: stored one-to-one chat between pairs of friends, with the limits that bound it.
import { CMD } from "../../src/wire/commands.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, resultOf } from "../run/result.ts";
import { runTrials } from "../run/trial.ts";
import { PairSubjects } from "./pairs.ts";

const LIMITS = ["inbox", "floor"];

export async function direct(context: Context): Promise<BenchResult> {
  return pairScenario(context, {
    scenario: "direct",
    work: { cmd: CMD.singleChat, stored: true },
    limits: LIMITS,
    bound: "inbox",
  });
}

/** push: the same without storing. */
export async function push(context: Context): Promise<BenchResult> {
  return pairScenario(context, {
    scenario: "push",
    work: { cmd: CMD.notify, stored: false },
    limits: ["relay"],
    bound: "relay",
  });
}

interface PairScenario {
  readonly scenario: string;
  readonly work: { readonly cmd: number; readonly stored: boolean };
  readonly limits: readonly string[];
  readonly bound: string;
}

async function pairScenario(context: Context, options: PairScenario): Promise<BenchResult> {
  const { flags, services } = context;
  const subjects = new PairSubjects(context, options.work);
  const limits = services === undefined ? [] : (flags.limits ?? options.limits);
  const plans = [subjects.linnet(), ...limits.map((name) => subjects.limit(name))];
  const { framing, pairs, window, rate, bodyBytes } = flags;
  return resultOf(context, {
    scenario: options.scenario,
    parameters: { framing, pairs, ...(rate > 0 ? { rate } : { window }), bodyBytes },
    trials: await runTrials(context, plans),
    bound: limits.includes(options.bound) ? options.bound : undefined,
    stored: options.work.stored,
  });
}
