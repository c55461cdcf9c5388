// fanout: one sends, many get it. A group with inbox rows, a wide group, and a mass group of which
// one in a hundred is online.
import { CONVERSATION } from "../../src/wire/commands.ts";
import type { Context } from "../run/context.ts";
import { type BenchResult, resultOf, withParts } from "../run/result.ts";
import { runTrials } from "../run/trial.ts";
import { GroupSubjects, type GroupShape } from "./groups.ts";

const GROUPS: Readonly<Record<string, GroupShape & { bound: string }>> = {
  group100: { type: CONVERSATION.group, members: 100, online: 100, bound: "group" },
  wide1000: { type: CONVERSATION.group, members: 1000, online: 1000, bound: "publish" },
  mass100000: {
    type: CONVERSATION.millionGroup,
    members: 100_000,
    online: 1000,
    bound: "publish",
  },
};

export async function fanout(context: Context): Promise<BenchResult> {
  const parts: Record<string, BenchResult> = {};
  for (const [name, { bound, ...shape }] of Object.entries(GROUPS)) {
    const sized = { ...shape, members: Math.min(shape.members, context.flags.members) };
    const fitting = { ...sized, online: Math.min(sized.online, sized.members) };
    const subjects = new GroupSubjects(context, fitting);
    const limits = context.services === undefined ? [] : (context.flags.limits ?? [bound]);
    const plans = [subjects.linnet(), ...limits.map((limit) => subjects.limit(limit))];
    parts[name] = resultOf(context, {
      scenario: `fanout ${name}`,
      parameters: { framing: context.flags.framing, window: context.flags.window, ...fitting },
      trials: await runTrials(context, plans),
      bound: limits.includes(bound) ? bound : undefined,
      stored: true,
    });
  }
  return withParts("fanout", parts);
}
