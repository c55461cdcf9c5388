// limits: what the machine can do with everything of ours taken away.
import { CMD, CONVERSATION } from "../../src/wire/commands.ts";
import { bareRates } from "./bare.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, otherResult, resultOf, withParts } from "../run/result.ts";
import { runTrials } from "../run/trial.ts";
import { GroupSubjects } from "./groups.ts";
import { PairSubjects } from "./pairs.ts";

const PAIR_LIMITS = ["relay-silent", "relay", "inbox", "floor"];
const GROUPS = [
  { name: "group", members: 100 },
  { name: "publish-only", members: 1000 },
  { name: "publish", members: 1000 },
] as const;

export async function limits(context: Context): Promise<BenchResult> {
  const { services, flags } = context;
  if (services === undefined)
    throw new Error("limits start programs of their own; leave out --url");
  const pairs = new PairSubjects(context, { cmd: CMD.singleChat, stored: true });
  const parts: Record<string, BenchResult> = {};
  const { framing, window, bodyBytes } = flags;
  parts["pairs"] = resultOf(context, {
    scenario: "limits pairs",
    parameters: { framing, pairs: flags.pairs, window, bodyBytes },
    trials: await runTrials(
      context,
      PAIR_LIMITS.map((name) => pairs.limit(name)),
    ),
    bound: undefined,
    stored: false,
  });
  for (const { name, members } of GROUPS) {
    const shape = { type: CONVERSATION.group, members, online: members };
    parts[name] = resultOf(context, {
      scenario: `limits ${name}`,
      parameters: { framing, window, members },
      trials: await runTrials(context, [new GroupSubjects(context, shape).limit(name)]),
      bound: undefined,
      stored: false,
    });
  }
  context.tell("Redis and Postgres by themselves");
  const trials = await bareRates(services, bodyBytes, flags.seconds);
  parts["bare"] = otherResult(context, {
    scenario: "limits bare",
    parameters: { bodyBytes },
    trials,
    figures: Object.fromEntries(
      trials.map(({ subject, perSecond }) => [`${subject}, a second`, perSecond]),
    ),
  });
  return withParts("limits", parts);
}
